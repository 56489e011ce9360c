import type { CachedSession } from './cachedSessions.ts';

/** The service has the next session ready when so much of the old one is left. */
const renewBefore = 300_000;
/** How often it is asked whether it has. */
const askAgainAfter = 15_000;
/** Role chaining allows no more: a session that seems to last longer shows that this machine's clock is behind. */
const longestSession = 3_600_000;

type Times = Pick<CachedSession, 'sessionExpiresAt' | 'grantEndsAt' | 'askedAt'>;

/** Whether a session can be handed out without asking the service for a newer one. */
export function isFresh({ sessionExpiresAt, grantEndsAt, askedAt }: Times, now: Date): boolean {
  const left = leftOf(sessionExpiresAt, now);
  if (left <= 0 || left > longestSession) return false;
  const isLast = sessionExpiresAt >= grantEndsAt;
  const sinceAsked = -leftOf(askedAt, now);
  return isLast || left > renewBefore || (sinceAsked >= 0 && sinceAsked < askAgainAfter);
}

/** Milliseconds from now on; negative for what is past. */
export const leftOf = (time: string, now: Date): number => Date.parse(time) - now.getTime();
