import { type ClosedRequest, historyHolds } from './accessRequest.ts';
import type { EventName, HistoryEntry } from './history.ts';
import { earliest, type Instant, instantSchema, latest } from './instant.ts';
import { lastPossibleAccess } from './lastPossibleAccess.ts';

/** What closes a request; of several the first one did. */
const closings = new Set<EventName>([
  'denied',
  'cancelled',
  'expired',
  'returned',
  'revoked',
  'ended',
  'failed',
  'reviewed',
]);

/**
 * Until when the grant's sessions have to be denied, or undefined: a grant whose time ran out needs nothing, its sessions
 * carry their end in them. "Entries stay until max(grant end, last STS expiry)." When it ended and when it would have is
 * read from the history, whose hashes are in the trail: `closedAt` beside it is anybody's who writes the table.
 */
export function mustDenyUntil(request: ClosedRequest, now: Instant): Instant | undefined {
  const { window, session, history } = request;
  const ends = [...instantsOf(history, 'end'), ...(window ? [window.endsAt] : [])];
  const [first, ...others] = ends;
  if (first === undefined) return undefined;
  const end = latest(first, ...others);
  const closing = historyHolds(request) ? history.find(({ event }) => closings.has(event)) : undefined;
  if (closing && closing.at >= end && end <= now) return undefined;
  const sessions = [...instantsOf(history, 'stsExpiresAt'), ...(session ? [session.stsExpiresAt] : [])];
  const until = earliest(latest(end, ...sessions), lastPossibleAccess(now));
  return until > now ? until : undefined;
}

const instantsOf = (history: readonly HistoryEntry[], key: 'end' | 'stsExpiresAt'): Instant[] =>
  history.flatMap(({ detail }) => instantSchema.safeParse(detail?.[key]).data ?? []);
