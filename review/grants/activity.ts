import type { Call } from '../reader/trail.ts';
import type { Issuance } from '../sessions/issuance.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import { countWhile } from '../sessions/timeOrder.ts';
import type { Grant } from './grant.ts';

/** What was done under a grant: one for each key and ARN. */
export const activityOf = ({ sessions }: Pick<Grant, 'sessions'>): ReviewedSession[] =>
  sessions.flatMap(({ activity }) => activity);

export const callsOf = (grant: Pick<Grant, 'sessions'>): Call[] =>
  activityOf(grant).flatMap(({ each }) => each);

/** Sessions that were seen in the logs, by what joins them to an issuance. */
export interface SessionIndex {
  byKey: Map<string, ReviewedSession[]>;
  byArn: Map<string, ReviewedSession[]>;
}

export const indexSessions = (sessions: readonly ReviewedSession[]): SessionIndex => ({
  byKey: Map.groupBy(sessions, ({ accessKeyId }) => accessKeyId ?? ''),
  byArn: Map.groupBy(sessions, ({ arn }) => arn),
});

/**
 * What was done in each of a grant's sessions, which come by time. All sessions of a grant share one ARN: its key tells whose a call
 * is, else how the session was joined, and what has neither belongs to the one that was issued last before.
 */
export function activityIn(
  issuances: readonly Issuance[],
  { byKey, byArn }: SessionIndex,
): Map<Issuance, ReviewedSession[]> {
  const arns = new Set(issuances.flatMap(({ sessionArn }) => sessionArn ?? []));
  const keys = new Set(issuances.flatMap(({ accessKeyId }) => accessKeyId || []));
  const seen = new Set([
    ...[...arns].flatMap((arn) => byArn.get(arn) ?? []),
    ...[...keys].flatMap((key) => byKey.get(key) ?? []),
  ]);
  const issuanceBehind = issuancesBehind(issuances);
  const activity = Map.groupBy([...seen].sort(compareSessions), issuanceBehind);
  activity.delete(undefined);
  return activity as Map<Issuance, ReviewedSession[]>;
}

function issuancesBehind(issuances: readonly Issuance[]): (session: ReviewedSession) => Issuance | undefined {
  const byKey = Map.groupBy(issuances, ({ accessKeyId }) => accessKeyId);
  const byEvent = Map.groupBy(issuances, ({ event }) => event.id);
  const byArn = Map.groupBy(issuances, ({ sessionArn }) => sessionArn);
  return ({ accessKeyId, arn, first, issuance }) => {
    const sameArn = byArn.get(arn) ?? [];
    const before = countWhile(sameArn, ({ event }) => event.at <= first);
    return (
      (accessKeyId === undefined ? undefined : byKey.get(accessKeyId)?.[0]) ??
      (issuance && byEvent.get(issuance.event.id)?.[0]) ??
      sameArn[Math.max(0, before - 1)]
    );
  };
}

function compareSessions(a: ReviewedSession, b: ReviewedSession): number {
  const [first, second] = [a, b].map(({ first, arn, accessKeyId = '' }) => `${first} ${arn} ${accessKeyId}`);
  if (first === second || first === undefined || second === undefined) return 0;
  return first < second ? -1 : 1;
}
