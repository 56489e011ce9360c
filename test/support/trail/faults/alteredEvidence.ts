import { digestOf } from '#domain/digest.ts';
import { addSeconds } from '#domain/instant.ts';
import type { CloudTrailRecord } from '../../../review/records.ts';
import { firstSession } from '../countersign/sessions.ts';
import { activeStory } from '../countersign/stories/beginnings.ts';
import type { stories } from '../countersign/stories.ts';
import { runOut } from '../countersign/story.ts';
import { lately } from '../world.ts';
import { evidenceOf, setParameter, setTag, tagsOf } from './edits.ts';
import { type Fault, may, must } from './fault.ts';
import { allowAll } from './strikes.ts';
import { idOf, told } from './told.ts';

/** Evidence of a grant that is not what it was. */
const changed = (
  name: string,
  { event, kind = 'ended' }: { event: string; kind?: keyof typeof stories },
  change: (record: CloudTrailRecord) => void,
  ...besides: string[]
): Fault => ({
  name,
  async plant(world) {
    const story = await told(world, kind);
    const record = evidenceOf(story, event);
    change(record);
    const of = [idOf(story), record.eventID];
    return [must('broken-chain', ...of), ...besides.map((rule) => may(rule, ...of))];
  },
});

/** Evidence that was changed after it was written. */
export const alteredEvidence: readonly Fault[] = [
  changed(
    'The hash of an entry was changed.',
    { event: 'approved' },
    (record) => {
      setTag(record, 'cs:hash', digestOf('another entry'));
    },
    'missing-decision',
  ),
  changed('The hash of the last entry was changed.', { event: 'closed', kind: 'denied' }, (record) => {
    setTag(record, 'cs:hash', digestOf('another entry'));
  }),
  changed(
    'An entry follows from another than the one before it.',
    { event: 'issued' },
    (record) => {
      setTag(record, 'cs:previous', digestOf('another entry'));
    },
    'effect-without-evidence',
  ),
  changed(
    'The evidence of an approval moves the end by a second.',
    { event: 'approved' },
    (record) => {
      setTag(record, 'cs:end', addSeconds(tagsOf(record)['cs:end'] ?? '', 1));
    },
    'session-policy-differs',
  ),
  {
    name: 'The evidence of an approval names another approver.',
    async plant(world) {
      const story = await told(world, 'ended');
      const record = evidenceOf(story, 'approved');
      setParameter(record, 'sourceIdentity', 'carol@example.com');
      // Its hash may cover a comment that only the table has.
      return [must('session-for-other-terms', idOf(story)), may('broken-chain', idOf(story))];
    },
  },
  changed(
    'The evidence of an end names another person.',
    { event: 'returned', kind: 'returned' },
    (record) => {
      setParameter(record, 'sourceIdentity', 'dave@example.com');
    },
  ),
  changed('Evidence within a request names another catalogue.', { event: 'issued' }, (record) => {
    setTag(record, 'cs:catalogue', digestOf('another catalogue'));
  }),
  changed('Evidence within a request names another entitlement.', { event: 'approved' }, (record) => {
    setTag(record, 'cs:entitlement', 'orders-admin');
  }),
  changed('Evidence within a request names another ticket.', { event: 'ended' }, (record) => {
    setTag(record, 'cs:ticket', 'INC-43');
  }),
  {
    name: 'The record of an approval lies there twice, once with another approver.',
    async plant(world) {
      const story = await told(world, 'ended');
      const real = evidenceOf(story, 'approved');
      const forged = structuredClone(real);
      setParameter(forged, 'sourceIdentity', 'carol@example.com');
      world.extra.push(forged);
      return [
        must('conflicting-records', real.eventID),
        may('broken-chain', idOf(story), real.eventID),
        may('session-for-other-terms', idOf(story)),
      ];
    },
  },
  {
    name: 'The logs of the service account show another session than those of the target account.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      await runOut(story);
      const [, owners] = firstSession(story).records;
      if (!owners) throw new RangeError('There is no copy.');
      owners.requestParameters = { ...owners.requestParameters, policy: allowAll };
      return [must('copies-differ', owners.eventID), may('session-policy-differs', idOf(story))];
    },
  },
];
