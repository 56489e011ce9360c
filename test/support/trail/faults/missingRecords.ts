import { addSeconds } from '#domain/instant.ts';
import { sessionArnOf } from '../../../review/records.ts';
import { useMuch } from '../countersign/calls.ts';
import { firstSession, issue } from '../countersign/sessions.ts';
import { activeStory, approvedStory, crashedSession } from '../countersign/stories/beginnings.ts';
import { stories } from '../countersign/stories.ts';
import { runOut, windowOf } from '../countersign/story.ts';
import { installationAt, lately } from '../world.ts';
import { evidenceOf, recordOf } from './edits.ts';
import { type Fault, may, must } from './fault.ts';
import { idOf, told } from './told.ts';

/** Records that are not there: of sessions, of evidence, of what was done about an end. */
export const missingRecords: readonly Fault[] = [
  {
    name: 'A session was used that is in no evidence.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const { startsAt } = windowOf(story.request);
      const hidden = await crashedSession(story, addSeconds(startsAt, 60));
      useMuch(story, hidden, 300);
      await runOut(story);
      return [must('effect-without-evidence', idOf(story), recordOf(hidden).eventID)];
    },
  },
  {
    name: 'The function died between a session and its evidence: nobody could open it.',
    async plant(world) {
      const story = await approvedStory(world.installation, lately(world));
      const { startsAt } = windowOf(story.request);
      const lost = await crashedSession(story, addSeconds(startsAt, 2));
      useMuch(story, await issue(story, addSeconds(startsAt, 40)), 300);
      await runOut(story);
      return [must('effect-without-evidence', idOf(story), recordOf(lost).eventID)];
    },
  },
  {
    name: 'The record of a session that was put on record is gone.',
    async plant(world) {
      const story = await told(world, 'neverUsed');
      for (const record of firstSession(story).records) world.missing.add(record);
      return [must('evidence-without-effect', idOf(story))];
    },
  },
  {
    name: 'The record of a session that was used is gone.',
    async plant(world) {
      const story = await told(world, 'ended');
      const issued = firstSession(story);
      for (const record of issued.records) world.missing.add(record);
      return [
        must('evidence-without-effect', idOf(story)),
        must('session-without-grant', sessionArnOf(issued.as)),
      ];
    },
  },
  {
    name: 'A grant was revoked on paper: nobody denied its sessions.',
    async plant(world) {
      const story = await told(world, 'revoked');
      const { earlyEnds } = world.installation;
      earlyEnds.splice(
        earlyEnds.findIndex(({ requestId }) => requestId === idOf(story)),
        1,
      );
      return [must('evidence-without-effect', idOf(story))];
    },
  },
  {
    name: 'The evidence of an approval is gone.',
    async plant(world) {
      const story = await told(world, 'ended');
      world.missing.add(evidenceOf(story, 'approved'));
      return [must('broken-chain', idOf(story)), may('missing-decision', idOf(story))];
    },
  },
  {
    name: 'The evidence of how a request began is gone.',
    async plant(world) {
      const story = await told(world, 'returned');
      world.missing.add(evidenceOf(story, 'requested'));
      return [must('broken-chain', idOf(story)), may('missing-decision', idOf(story))];
    },
  },
  {
    name: 'The evidence of an end is gone, of all that came before it and after it nothing.',
    async plant(world) {
      const story = await told(world, 'cancelled');
      world.missing.add(evidenceOf(story, 'cancelled'));
      return [must('broken-chain', idOf(story))];
    },
  },
  {
    name: 'The logs begin in the middle of a grant.',
    async plant(world) {
      const before = addSeconds(world.from, -1_500);
      const story = await stories.renewed(installationAt(world, before), before);
      return [must('broken-chain', idOf(story)), may('session-without-grant', idOf(story))];
    },
  },
];
