import type { Issuance } from '../sessions/issuance.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';

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
 * What was done in each of a grant's sessions. All sessions of a grant share one ARN: its key tells whose a call is, else how
 * the session was joined, and what has neither belongs to the one that was issued last before.
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
  const activity = new Map<Issuance, ReviewedSession[]>();
  for (const session of [...seen].sort(compareSessions)) {
    const issuance = issuanceBehind(session, issuances);
    if (issuance) activity.set(issuance, [...(activity.get(issuance) ?? []), session]);
  }
  return activity;
}

function issuanceBehind(session: ReviewedSession, issuances: readonly Issuance[]): Issuance | undefined {
  const { accessKeyId, arn, first } = session;
  const sameArn = issuances.filter(({ sessionArn }) => sessionArn === arn);
  return (
    issuances.find((issuance) => accessKeyId !== undefined && issuance.accessKeyId === accessKeyId) ??
    issuances.find(({ event }) => event.id === session.issuance?.event.id) ??
    sameArn.findLast(({ event }) => event.at <= first) ??
    sameArn[0]
  );
}

function compareSessions(a: ReviewedSession, b: ReviewedSession): number {
  const [first, second] = [a, b].map(({ first, arn, accessKeyId = '' }) => `${first} ${arn} ${accessKeyId}`);
  if (first === second || first === undefined || second === undefined) return 0;
  return first < second ? -1 : 1;
}
