import { ulid } from 'ulid';
import {
  type AccessRequest,
  type ClosedRequest,
  evolve,
  evolveFromNothing,
  isClosed,
  type Occurrence,
  type RequestEvent,
  type Session,
  withoutSealedSession,
} from '#domain/accessRequest.ts';
import { type DecisionCommand, decideRequest } from '#domain/decide.ts';
import { mustDenyUntil } from '#domain/earlyEnd.ts';
import { orThrow } from '#domain/errors.ts';
import type { Attester, HistoryEntry } from '#domain/history.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant, millisecondsOf } from '#domain/instant.ts';
import { newRequest, type Wish } from '#domain/newRequest.ts';
import { nextStep } from '#domain/nextStep.ts';
import { notaryWith } from '#lambdas/adapters/notary.ts';
import type { CloudTrailRecord, RoleSession } from '../../../review/records.ts';
import { anApprovalBy, aWish, entryOf, type Human } from '../../builders.ts';
import { functionAt, type Installation, shortlyAfter, workAround } from './installation.ts';
import { recordingSts } from './recordingSts.ts';

/** A request from beginning to end, with what of it stands in the trail. */
export interface Story {
  installation: Installation;
  /** As the table has it. */
  request: AccessRequest;
  evidence: Attestation[];
  sessions: IssuedSession[];
  /** Its sessions' calls. */
  calls: CloudTrailRecord[];
}

export interface Attestation {
  entry: HistoryEntry;
  record: CloudTrailRecord;
}

export interface IssuedSession {
  session: Session;
  /** The caller's copy of the AssumeRole, and the role owner's. */
  records: CloudTrailRecord[];
  /** Who makes the calls in it. */
  as: RoleSession;
}

/** Somebody asks; nothing else has happened yet. */
export async function beginStory(
  installation: Installation,
  { who, wish, at }: { who: Identity; wish?: Partial<Wish>; at: Instant },
): Promise<Story> {
  const { catalogue, random } = installation;
  const id = ulid(millisecondsOf(at), () => random.next());
  const asked = orThrow(newRequest(catalogue, aWish(wish), { id, who, sourceIp: '203.0.113.7', now: at }));
  const { terms, digest, window } = asked;
  const by = sourceIdentityOf(who);
  const request = evolveFromNothing({ terms, digest }, { by, window, catalogue: catalogue.digest });
  const story: Story = { installation, request, evidence: [], sessions: [], calls: [] };
  installation.stories.push(story);
  await attest(story, { attester: 'requests' });
  workAround(installation, 'requests', shortlyAfter(installation, at), id);
  if (request.status === 'pending') workAround(installation, 'notifyApprovers', addSeconds(at, 3), id);
  return story;
}

export interface Attesting {
  attester: Attester;
  /** Which history entry; the last unless it says so. */
  index?: number;
  /** When STS noted it, where that is not right after the entry's own time. */
  noted?: Instant;
}

/** Puts a history entry on record by the function's own adapter, and keeps the notary's key beside it. */
export async function attest(
  story: Story,
  { attester, index = story.request.history.length - 1, noted }: Attesting,
): Promise<Attestation> {
  const attested = await attestationOf(story.installation, story.request, {
    attester,
    index,
    ...(noted && { noted }),
  });
  story.evidence.push(attested);
  story.request = { ...story.request, history: story.request.history.with(index, attested.entry) };
  return attested;
}

/** The evidence of a history entry, whether or not that entry ever gets into the table. */
export async function attestationOf(
  installation: Installation,
  request: AccessRequest,
  { attester, index = request.history.length - 1, noted }: Attesting,
): Promise<Attestation> {
  const entry = request.history.at(index);
  if (!entry) throw new RangeError(`The history has no entry ${index}.`);
  const at = noted ?? shortlyAfter(installation, entry.at);
  let record: CloudTrailRecord | undefined;
  const sts = recordingSts(installation.random, {
    at,
    caller: functionAt(installation, attester, at),
    over: { awsRegion: installation.region },
    onRecord: ({ records }) => {
      record = records[0];
    },
  });
  const notary = await notaryWith(sts, `arn:aws:iam::${installation.account}:role/countersign-notary`)(
    request,
    entry,
  );
  if (!record) throw new Error('Nothing was attested.');
  return { entry: { ...entry, notary }, record };
}

/** Something happens to the request and goes on record. */
export async function happen(
  story: Story,
  occurrence: Occurrence,
  attesting: Attesting,
): Promise<Attestation> {
  story.request = evolve(story.request, occurrence);
  workAround(story.installation, attesting.attester, occurrence.at, story.request.terms.id);
  return attest(story, attesting);
}

/** What an approver does about it, by the rules. Throws a RefusalError when they refuse. */
export function decisionBy(
  { request, installation: { catalogue } }: Story,
  approver: Human,
  { at, ...over }: { at: Instant } & Partial<Omit<DecisionCommand, 'approver'>>,
): RequestEvent {
  const proposed = orThrow(
    decideRequest(
      request,
      { ...anApprovalBy(approver), ...over },
      { catalogue, entry: entryOf(catalogue, request.terms.entitlement), now: at },
    ),
  );
  return { ...proposed, decision: { ...proposed.decision, seal: 'not looked at by a review' } };
}

/** An approver decides, and it goes on record. */
export const decide = (
  story: Story,
  approver: Human,
  options: { at: Instant; noted?: Instant } & Partial<Omit<DecisionCommand, 'approver'>>,
): Promise<Attestation> => {
  const { noted, ...over } = options;
  const occurrence = { ...decisionBy(story, approver, over), at: over.at, by: sourceIdentityOf(approver) };
  return happen(story, occurrence, { attester: 'decisions', ...(noted && { noted }) });
};

/** The end of its time, some seconds late as the workflow is. */
export async function runOut(story: Story): Promise<void> {
  const at = addSeconds(windowOf(story.request).endsAt, story.installation.random.whole(1, 5));
  await happen(story, { event: 'ended', at, by: 'countersign' }, { attester: 'endGrant' });
  await settle(story, at);
}

/** What `endGrant` does once a request is closed: deny what could still live, and write the last link where it is due. */
export async function settle(story: Story, at: Instant): Promise<void> {
  const { installation } = story;
  if (!isClosed(story.request)) throw new TypeError('Only what is over is settled.');
  noteEarlyEnd(installation, story.request, at);
  const erased = withoutSealedSession(story.request);
  story.request = erased;
  const entry = entryOf(installation.catalogue, erased.terms.entitlement);
  if (nextStep(erased, { entry, now: at }).step !== 'close') return;
  await happen(story, { event: 'closed', at, by: 'countersign' }, { attester: 'endGrant' });
}

function noteEarlyEnd({ earlyEnds }: Installation, request: ClosedRequest, at: Instant): void {
  const until = mustDenyUntil(request, at);
  if (until === undefined) return;
  const { terms, session } = request;
  earlyEnds.push({
    at,
    roleArn: terms.roleArn,
    requestId: terms.id,
    until,
    issuedAt: session?.issuedAt,
    stsExpiresAt: session?.stsExpiresAt,
  });
}

/** The window of a request that has one. */
export function windowOf(request: AccessRequest): { startsAt: Instant; endsAt: Instant } {
  if (!('window' in request) || !request.window) throw new TypeError('This request has no window.');
  return request.window;
}
