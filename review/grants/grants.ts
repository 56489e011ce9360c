import type { Catalogue } from '#domain/catalogue.ts';
import { earliest } from '#domain/instant.ts';
import { entersTarget } from '#domain/outOfBand.ts';
import type { Issuance, Issuances } from '../sessions/issuance.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import { indexSessions, type SessionIndex } from './activity.ts';
import { chainOf } from './chain.ts';
import { compareByTime, type Evidence } from './evidence.ts';
import type { Grant, GrantDecision, GrantSession } from './grant.ts';
import { grantSessionsOf } from './grantSessions.ts';
import type { RecordedEntries } from './happened.ts';
import { linkUp } from './links.ts';
import { stepsOf } from './order.ts';
import { type LateSearch, lateSearch } from './writingTimes.ts';

/** What the grants are put together from. */
export interface Sources {
  evidence: readonly Evidence[];
  issuances: Issuances;
  sessions: readonly ReviewedSession[];
  /** By digest: those that were given to the review. */
  catalogues: ReadonlyMap<string, Catalogue>;
  /** Of the request table, where it was given. */
  recorded?: RecordedEntries | undefined;
}

/**
 * Every access request that was attested, with what came of it, by time and id. Each installation (service account) has its
 * own. Evidence that no attester made is no part of any.
 */
export function grantsOf(sources: Sources): Grant[] {
  const { evidence, issuances, sessions, catalogues, recorded = new Map() } = sources;
  const attested = evidence.filter(({ attester }) => attester !== undefined);
  const byRequest = Map.groupBy(attested, ({ requestId, account }) => keyOf(requestId, account));
  const targets = targetsByRequest(issuances, attested);
  const index = indexSessions(sessions);
  const shared = { index, catalogues, search: lateSearch(), recorded };
  return [...byRequest]
    .flatMap(([key, own]) => grantOf(own, { issuances: targets.get(key) ?? [], ...shared }))
    .sort(compareGrants);
}

/**
 * Assumptions of target roles in the name of each request. Where a service account called, they are of its own installation; else of
 * the first that attested a request of that name.
 */
function targetsByRequest({ ok }: Issuances, attested: readonly Evidence[]): Map<string, Issuance[]> {
  const installations = new Set(attested.map(({ account }) => account));
  const byName = Map.groupBy(attested, ({ requestId }) => requestId);
  const accounts = new Map(
    Array.from(byName, ([name, entries]) => [name, new Set(entries.map(({ account }) => account))]),
  );
  const ownerOf = ({ sessionName = '', roleArn = '', event }: Issuance): string | undefined => {
    const attesting = accounts.get(sessionName) ?? new Set();
    const enters = (account: string): boolean => entersTarget({ roleArn }, account);
    const { account: caller } = event.caller;
    if (caller === undefined || !installations.has(caller)) return attesting.values().find(enters);
    return attesting.has(caller) && enters(caller) ? caller : undefined;
  };
  // Few of a million issuances bear the name of a request.
  const named = ok.filter(({ sessionName = '' }) => accounts.has(sessionName));
  return Map.groupBy(named, (issuance) => keyOf(issuance.sessionName, ownerOf(issuance)));
}

const keyOf = (requestId: string | undefined, account: string | undefined): string =>
  `${requestId} ${account}`;

interface Surroundings {
  /** Assumptions of target roles in the request's name, by time. */
  issuances: readonly Issuance[];
  index: SessionIndex;
  catalogues: ReadonlyMap<string, Catalogue>;
  search: LateSearch;
  recorded: RecordedEntries;
}

function grantOf(evidence: readonly Evidence[], surroundings: Surroundings): Grant[] {
  const linked = linkUp(evidence);
  // What lost a race had no effect. What hangs in the air had one, and stands on its own attestation.
  const effective = [...linked.path, ...linked.apart];
  const [first] = effective;
  if (!first) return [];
  const { sessions, contents } = grantSessionsOf(linked, surroundings);
  const steps = stepsOf(linked.path);
  const window = windowOf(effective);
  const { chain, breakGlass } = chainOf(linked, { ...surroundings, steps, window, sessions, contents });
  const { requestId, entitlement, digest, catalogue, ticket } = first;
  const reviewed = effective.find(({ event }) => event === 'reviewed');
  return [
    {
      id: requestId,
      requester: requesterOf(effective, sessions),
      entitlement,
      digest,
      catalogue,
      ticket,
      breakGlass,
      // Only a chain whose beginning is not in the logs leads nowhere: `reviewed` and `closed` come after an end.
      status: steps.at(-1)?.after ?? 'ended',
      requestedAt: first.at,
      decisions: effective.flatMap(decisionsOf),
      window,
      sessions,
      end: endOf(effective, { window, chain }),
      review: reviewed && { at: reviewed.at, by: reviewed.by },
      closedAt: effective.find(({ event }) => event === 'closed')?.at,
      chain,
    },
  ];
}

/** SourceIdentity of who asked. Where the logs do not show the asking, sessions and what only a requester does name them too. */
function requesterOf(effective: readonly Evidence[], sessions: readonly GrantSession[]): string {
  const asked = effective.find(({ event }) => event === 'requested');
  const own = effective.find(({ event }) => event === 'cancelled' || event === 'returned');
  const session = sessions.find(({ attestedBy }) => attestedBy);
  return asked?.by ?? own?.by ?? session?.issuance.sourceIdentity ?? '';
}

function decisionsOf({ event, by, at, eventId }: Evidence): GrantDecision[] {
  if (event !== 'approved' && event !== 'denied') return [];
  return [{ decision: event === 'approved' ? 'approve' : 'deny', by, at, eventId }];
}

function windowOf(effective: readonly Evidence[]): Grant['window'] {
  const granting = effective.find(({ start }) => start !== undefined);
  if (granting?.start === undefined || granting.end === undefined) return undefined;
  return { startsAt: granting.start, endsAt: granting.end };
}

/**
 * What ended the grant: the first of the events that end one. Access ends with the window by itself, so what is said to have
 * ended it later is of that time. A request that failed before it was granted had nothing to end.
 */
function endOf(
  effective: readonly Evidence[],
  { window, chain }: Pick<Grant, 'window' | 'chain'>,
): Grant['end'] {
  const ending = effective.find((evidence) => endingOf(evidence));
  const event = ending && endingOf(ending);
  if (!event || (event === 'failed' && !window)) return undefined;
  const { happenedBy = ending.at } = chain.links.find(({ evidence }) => evidence === ending) ?? {};
  return { event, at: window ? earliest(happenedBy, window.endsAt) : happenedBy, by: ending.by };
}

const endingOf = ({ event }: Evidence) => endings.find((ending) => ending === event);

const endings = ['ended', 'returned', 'revoked', 'failed', 'reviewed'] as const;

const compareGrants = (a: Grant, b: Grant): number =>
  compareByTime({ at: a.requestedAt, eventId: sortKeyOf(a) }, { at: b.requestedAt, eventId: sortKeyOf(b) });

const sortKeyOf = ({ id, chain }: Grant): string => `${id} ${chain.links[0]?.evidence.account ?? ''}`;
