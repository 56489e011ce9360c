import type { Instant } from '#domain/instant.ts';
import { instantAt } from '../reader/eventTime.ts';
import type { Review } from '../review.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { CrossReferences } from './crossReferences.ts';
import { csv } from './csv.ts';

interface Row {
  session: ReviewedSession;
  requestId: string | undefined;
  source: string;
  name: string;
  errorCode?: string | undefined;
  count: number;
  first: Instant;
  last: Instant;
  /** What only a single call has. */
  call?: ReviewedSession['each'][number];
}

/** calls.csv: each call of sessions of Countersign's roles; of other sessions one row for each action and outcome. */
export const callsCsv = ({ sessions }: Review, { requestOf }: CrossReferences): Iterable<string> =>
  csv<Row>(
    {
      session: ({ session }) => session.arn,
      access_key_id: ({ session }) => session.accessKeyId,
      request_id: ({ requestId }) => requestId,
      service: ({ source }) => source,
      action: ({ name }) => name,
      error: ({ errorCode }) => errorCode,
      // Whether a code means a refusal is known of single calls only.
      denied: ({ call }) => (call ? (call.denied ? 'yes' : 'no') : undefined),
      count: ({ count }) => count,
      first: ({ first }) => first,
      last: ({ last }) => last,
      event_id: ({ call }) => call?.id,
      region: ({ call }) => call?.region,
      source_ip: ({ call }) => call?.sourceIp,
      object: ({ call }) => call?.object,
    },
    rows(sessions, requestOf),
  );

function* rows(
  sessions: readonly ReviewedSession[],
  requestOf: CrossReferences['requestOf'],
): Generator<Row> {
  for (const session of sessions) {
    const requestId = requestOf(session);
    for (const call of session.each) {
      const { source, name, errorCode, at } = call;
      yield { session, requestId, source, name, errorCode, count: 1, first: at, last: at, call };
    }
    if (session.each.length > 0) continue;
    for (const { source, name, errorCode, count, ...times } of session.actions) {
      const [first, last] = [instantAt(times.first), instantAt(times.last)];
      yield { session, requestId, source, name, errorCode, count, first, last };
    }
  }
}
