import { type AccessRequest, evolve } from '#domain/accessRequest.ts';
import { type Attester, chain, type UnchainedEntry } from '#domain/history.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  identityOf,
  sessionArnOf,
} from '../../../review/records.ts';
import { alice } from '../../builders.ts';
import { anInstallation, functionAt } from '../countersign/installation.ts';
import { stories } from '../countersign/stories.ts';
import { attestationOf, beginStory, type Story, windowOf } from '../countersign/story.ts';
import { organisation } from '../organisation.ts';
import { lately } from '../world.ts';
import { evidenceOf, tagsOf } from './edits.ts';
import { anyOf, type Expected, type Fault, may, must } from './fault.ts';
import { intruder } from './intruder.ts';
import { idOf, told } from './told.ts';

const { staging } = organisation.accounts;

/** An entry that follows from the last one by its hash, but that no rule would have let happen. */
async function chained(story: Story, entry: UnchainedEntry, attester: Attester): Promise<CloudTrailRecord> {
  const { installation, request } = story;
  const next = chain(idOf(story), request.history, entry);
  story.request = { ...request, history: [...request.history, next] };
  const attested = await attestationOf(installation, story.request, { attester });
  story.evidence.push(attested);
  return attested.record;
}

const closedAt = ({ request }: Story): Instant => {
  const last = request.history.at(-1);
  if (!last) throw new RangeError('There is no history.');
  return last.at;
};

/** Evidence of what nobody did, by those who may not attest it or have something to hide. */
export const forgedEvidence: readonly Fault[] = [
  {
    name: 'The function for requests attests a review that it may not attest.',
    async plant(world) {
      const story = await told(world, 'breakGlassCutShort');
      const { installation, request } = story;
      const last = closedAt(story);
      const reviewed = chain(idOf(story), request.history, {
        event: 'reviewed',
        at: addSeconds(last, 20),
        by: 'bob@example.com',
      });
      const forged = { ...request, history: [...request.history, reviewed] } as AccessRequest;
      const attested = await attestationOf(installation, forged, { attester: 'requests' });
      story.evidence.push(attested);
      return [must('wrong-attester', attested.record.eventID, idOf(story))];
    },
  },
  {
    name: 'The function for requests attests the approval that a session was issued on.',
    async plant(world) {
      const story = await told(world, 'ended');
      const record = evidenceOf(story, 'approved');
      const { installation } = story;
      record.userIdentity = assumeRoleRecord({
        at: record.eventTime,
        caller: functionAt(installation, 'requests', record.eventTime),
        roleArn: '',
        sessionName: '',
      }).userIdentity;
      const of = [idOf(story), record.eventID];
      return [must('wrong-attester', ...of), may('broken-chain', ...of), may('missing-decision', ...of)];
    },
  },
  {
    name: 'An administrator writes the whole chain of a request that was never made.',
    async plant(world) {
      const { installation } = world;
      const at = lately(world);
      const caller = intruder(world, installation.account, at);
      const story = await beginStory(installation, { who: alice, at });
      const cancelled = evolve(story.request, {
        event: 'cancelled',
        at: addSeconds(at, 30),
        by: 'alice@example.com',
      });
      const closed = evolve(cancelled, { event: 'closed', at: addSeconds(at, 31), by: 'countersign' });
      for (const index of [1, 2])
        story.evidence.push(await attestationOf(installation, closed, { attester: 'requests', index }));
      for (const { record } of story.evidence)
        record.userIdentity = assumeRoleRecord({ at, caller, roleArn: '', sessionName: '' }).userIdentity;
      // The record knows nothing of it.
      installation.stories.splice(installation.stories.indexOf(story), 1);
      const records = story.evidence.map(({ record }) => record);
      world.extra.push(...records);
      return [
        ...records.map(({ eventID }) => must('wrong-attester', eventID)),
        ...records.map(({ eventID }) => may('borrowed-role', eventID)),
      ];
    },
  },
  {
    name: 'Evidence of one request was used again under the name of another.',
    async plant(world) {
      const [from, into] = [await told(world, 'ended'), await told(world, 'denied')];
      const real = evidenceOf(from, 'approved');
      const record = assumeRoleRecord({
        at: addSeconds(evidenceOf(into, 'denied').eventTime, 30),
        caller: functionAt(into.installation, 'decisions', real.eventTime),
        roleArn: String(real.requestParameters?.roleArn),
        sessionName: idOf(into),
        sourceIdentity: 'bob@example.com',
        accessKeyId: world.random.keyId('ASIA'),
        tags: tagsOf(real),
      });
      world.extra.push(record);
      return [must('broken-chain', idOf(into), record.eventID)];
    },
  },
  {
    name: 'A request goes on after its last link.',
    async plant(world) {
      const story = await told(world, 'ended');
      const at = addSeconds(closedAt(story), 60);
      const { startsAt: start, endsAt: end } = windowOf(story.request);
      const session = {
        sequence: 2,
        accessKeyId: world.random.keyId('ASIA'),
        stsExpiresAt: addSeconds(at, 900),
      };
      const entry = { event: 'issued', at, by: 'countersign', detail: { ...session, start, end } } as const;
      const { eventID } = await chained(story, entry, 'issueSession');
      const of = [idOf(story), eventID];
      return [must('broken-chain', ...of), may('evidence-without-effect', ...of)];
    },
  },
  {
    name: 'A request that was denied is approved after all.',
    async plant(world) {
      const story = await told(world, 'denied');
      const { history } = story.request;
      // The last link is not written yet.
      story.request = { ...story.request, history: history.slice(0, 2) };
      story.evidence.splice(2, 1);
      const at = addSeconds(closedAt(story), 200);
      const approved = await chained(story, { event: 'approved', at, by: 'bob@example.com' }, 'decisions');
      await chained(story, { event: 'closed', at, by: 'countersign' }, 'endGrant');
      return [must('broken-chain', idOf(story), approved.eventID), may('grant-not-closed', idOf(story))];
    },
  },
  {
    name: 'A function writes a chain again from its middle, with what it may attest.',
    async plant(world): Promise<Expected[]> {
      const story = await told(world, 'revoked');
      const { history } = story.request;
      const revoked = history.findIndex(({ event }) => event === 'revoked');
      const again: Story = {
        ...story,
        evidence: [],
        request: { ...story.request, history: history.slice(0, revoked) },
      };
      const at = addSeconds(closedAt(story), 120);
      await chained(again, { event: 'ended', at, by: 'countersign' }, 'endGrant');
      await chained(again, { event: 'closed', at, by: 'countersign' }, 'endGrant');
      const records = again.evidence.map(({ record }) => record);
      world.extra.push(...records);
      return [must('broken-chain', idOf(story), ...records.map(({ eventID }) => eventID))];
    },
  },
  {
    name: 'A decision is attested in a session of the function that Lambda never started.',
    async plant(world) {
      const story = await told(world, 'ended');
      const record = evidenceOf(story, 'approved');
      const at = record.eventTime;
      const session = {
        ...functionAt(world.installation, 'decisions', at),
        accessKeyId: world.random.keyId('ASIA'),
        createdAt: addSeconds(at, -40),
      };
      record.userIdentity = identityOf(session);
      return [anyOf(['borrowed-role', 'wrong-attester'], sessionArnOf(session), record.eventID)];
    },
  },
  {
    name: 'Somebody runs a Countersign of their own in another account, whose evidence is whole, and reaches into a target.',
    async plant(world) {
      const { catalogue } = world.installation;
      const own = anInstallation(world.random.fork('own'), {
        account: staging,
        region: 'us-east-1',
        catalogue,
      });
      const story = await stories.ended(own, lately(world));
      world.extra.push(
        ...own.records,
        ...story.evidence.map(({ record }) => record),
        ...story.sessions.flatMap(({ records }) => records),
        ...story.calls,
      );
      const rules = ['several-installations', 'session-without-grant', 'wrong-attester', 'borrowed-role'];
      const of = [idOf(story), staging, ...story.evidence.map(({ record }) => record.eventID)];
      return [anyOf(rules, ...of), ...rules.map((rule) => may(rule, ...of)), may('gap-in-coverage', staging)];
    },
  },
];
