import type { KeptEvent } from '#review/reader/keptEvent.ts';
import type { Trail } from '#review/reader/trail.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import type { Issuances } from '#review/sessions/issuance.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import type { ReviewedSession } from '#review/sessions/reviewedSession.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { type CloudTrailRecord, type RoleSession, sessionArnOf } from '../records.ts';

/** What the review makes of records. */
export function reviewed(records: readonly CloudTrailRecord[]): {
  trail: Trail;
  issuances: Issuances;
  sessions: ReviewedSession[];
  /** The session that a test made, by its ARN and key. */
  sessionOf(session: RoleSession): ReviewedSession;
} {
  const trail = trailOfRecords([...records]);
  const issuances = issuancesOf(trail);
  const sessions = reviewSessions(trail, issuances);
  return {
    trail,
    issuances,
    sessions,
    sessionOf(wanted) {
      const found = sessions.find(
        ({ arn, accessKeyId }) => arn === sessionArnOf(wanted) && (accessKeyId ?? '') === wanted.accessKeyId,
      );
      if (!found) throw new Error(`No session ${sessionArnOf(wanted)} in the trail`);
      return found;
    },
  };
}

/** The issuances of records. */
export const issued = (...records: CloudTrailRecord[]): Issuances => reviewed(records).issuances;

/** A kept event that no reader made: what matters in a test, around it what every event has. */
export const keptEvent = (over: Partial<KeptEvent>): KeptEvent => ({
  id: 'b6a1e0c4-0000-4000-8000-000000000001',
  at: '2026-11-22T10:00:00Z',
  account: '111122223333',
  region: 'us-east-1',
  source: 'sts.amazonaws.com',
  name: 'AssumeRole',
  caller: {},
  resources: [],
  file: 'log.json.gz',
  ...over,
});
