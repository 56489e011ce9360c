import { type AccessRequest, type GrantWindow, historyHolds } from '#domain/accessRequest.ts';
import { grantWindow } from '#domain/grantWindow.ts';
import type { HistoryEntry } from '#domain/history.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { endSessionPolicy } from '#domain/sessionPolicy.ts';
import type { Evidence } from '../grants/evidence.ts';
import type { ChainEntry, Grant, GrantSession } from '../grants/grant.ts';
import { canBeWrittenAt, clockSeconds } from '../grants/writingTimes.ts';
import { quoted } from './words.ts';

/** What one request's record is held against. */
export interface Attested {
  grant: Grant;
  /** All evidence of the request, also what was attested twice. */
  evidence: readonly Evidence[];
  /** Up to when evidence is surely among the logs. */
  until: Instant;
}

/** What a record and the trail disagree on, as half sentences. */
export const differencesOf = (request: AccessRequest, attested: Attested): string[] => [
  ...termsDifferences(request, attested.grant),
  ...historyDifferences(request, attested),
  ...recordFaults(request),
  ...request.history.flatMap((entry) => sessionDifferences(entry, { request, grant: attested.grant })),
];

/** What was asked for, and by whom. The digest covers all of it. */
function termsDifferences({ terms, digest }: AccessRequest, grant: Grant): string[] {
  const { requester, entitlement, breakGlass, ticket } = terms;
  return [
    ...unless(digest === grant.digest, 'the terms do not have the digest that was attested'),
    ...unless(
      grant.requester === '' || sourceIdentityOf(requester) === grant.requester,
      'another person asked',
    ),
    ...unless(entitlement === grant.entitlement, 'it is for another entitlement'),
    ...unless(ticket === grant.ticket, 'it has another ticket'),
    ...unless(breakGlass === grant.breakGlass, `it is ${breakGlass ? '' : 'not '}break-glass in the table`),
  ];
}

/** Entry by entry, up to the first that differs: those behind it rest on it. */
function historyDifferences({ history }: AccessRequest, { grant, evidence, until }: Attested): string[] {
  const { links } = grant.chain;
  for (const [index, link] of links.entries()) {
    const { event, at } = link.evidence;
    const entry = history[index];
    if (!entry) return [`the table lacks the entry ${event} of ${at}`];
    const what =
      whatDiffers(entry, link.evidence, evidence) ?? (isOfItsTime(entry, link) ? undefined : 'time');
    if (what) return [`entry ${index + 1}, ${event}, has another ${what}`];
  }
  const unattested = history.slice(links.length).filter(({ at }) => at < until);
  return unattested.slice(0, 1).map(({ event, at }) => `its entry ${event} of ${at} was never attested`);
}

function whatDiffers(entry: HistoryEntry, link: Evidence, evidence: readonly Evidence[]): string | undefined {
  if (entry.event !== link.event) return 'event';
  if (entry.hash !== link.hash) return 'hash';
  if (entry.previous !== link.previous) return 'entry before it';
  if (entry.by !== link.by) return 'actor';
  // A call that was tried again attests twice; the record keeps one of the sessions.
  const keys = evidence.filter(({ hash }) => hash === entry.hash).map(({ accessKeyId }) => accessKeyId);
  return entry.notary === undefined || keys.includes(entry.notary) ? undefined : 'notary session';
}

/** Whether an entry can have been written when it says: no later than it was attested or followed, and no sooner than its function works. */
const isOfItsTime = ({ at }: HistoryEntry, { evidence, happenedBy }: ChainEntry): boolean =>
  canBeWrittenAt(evidence, at) && at <= addSeconds(happenedBy, clockSeconds);

/** What is wrong with the record by itself: the hashes speak for the history, and the history for the rest. */
function recordFaults(request: AccessRequest): string[] {
  const { terms, history, decisions, review, status } = request;
  const window = 'window' in request ? request.window : undefined;
  const windows = history.filter(({ detail }) => detail?.start !== undefined && detail.end !== undefined);
  const { start, end } = windows.at(-1)?.detail ?? {};
  const decided = history.filter(({ event }) => event === 'approved' || event === 'denied');
  const reviewed = history.find(({ event }) => event === 'reviewed');
  const closing = 'closedAt' in request ? history.some(({ at }) => at === request.closedAt) : true;
  return [
    ...unless(historyHolds(request), `its history does not add up, or does not lead to ${status}`),
    ...unless(
      window?.startsAt === start && window?.endsAt === end,
      'its window is not the one of its history',
    ),
    ...unless(
      window === undefined || isSameWindow(window, grantWindow(terms, decisions)),
      'its window is not what was asked for, or shortened by its approvers',
    ),
    ...unless(
      decisions.every((decision, index) => isDecisionOf(decision, decided[index])),
      'its decisions are not those of its history',
    ),
    ...unless(
      review?.by === reviewed?.by && review?.verdict === reviewed?.detail?.verdict,
      'its review is not the one of its history',
    ),
    ...unless(closing, 'nothing in its history is of the time that it was closed'),
  ];
}

const isSameWindow = (one: GrantWindow, other: GrantWindow): boolean =>
  one.startsAt === other.startsAt && one.endsAt === other.endsAt;

const isDecisionOf = (
  { decision, approver, decidedAt, durationSeconds }: AccessRequest['decisions'][number],
  entry: HistoryEntry | undefined,
): boolean =>
  entry !== undefined &&
  (decision === 'approve') === (entry.event === 'approved') &&
  sourceIdentityOf(approver) === entry.by &&
  decidedAt === entry.at &&
  durationSeconds === entry.detail?.durationSeconds;

/** The session that an `issued` entry names, and how STS issued it. */
function sessionDifferences(
  { event, detail, at }: HistoryEntry,
  { request, grant }: { request: AccessRequest; grant: Grant },
): string[] {
  if (event !== 'issued') return [];
  const session = grant.sessions.find(
    ({ accessKeyId }) => accessKeyId !== undefined && accessKeyId === detail?.accessKeyId,
  );
  if (!session) return [`no session of the trail has the key of its entry issued of ${at}`];
  return issueDifferences(session, request, detail?.end);
}

function issueDifferences(
  { roleArn, issuance }: GrantSession,
  { terms }: AccessRequest,
  end: unknown,
): string[] {
  const arns = (list: readonly string[]): string => [...list].sort().join(' ');
  return [
    ...unless(
      roleArn === terms.roleArn,
      `a session is of ${quoted(roleArn)}, and the terms say ${quoted(terms.roleArn)}`,
    ),
    ...unless(
      policyOf(terms.sessionPolicy, end) === issuance.policy,
      'a session has another policy than the terms',
    ),
    ...unless(
      arns(issuance.policyArns) === arns(terms.policyArns),
      'a session has other managed policies than the terms',
    ),
  ];
}

function policyOf(openPolicy: string, end: unknown): string | undefined {
  try {
    return endSessionPolicy(openPolicy, String(end));
  } catch {
    return undefined;
  }
}

const unless = (right: boolean, difference: string): string[] => (right ? [] : [difference]);
