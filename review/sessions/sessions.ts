import type { Trail } from '../reader/trail.ts';
import { chainsThrough } from './behind.ts';
import type { Issuances } from './issuance.ts';
import { indexOf } from './issuanceIndex.ts';
import { join } from './join.ts';
import type { ReviewedSession } from './reviewedSession.ts';

/** Every session in the logs, in the trail's order, with what issued it and who is behind it. O(n log n). */
export function reviewSessions(
  { sessions }: Pick<Trail, 'sessions'>,
  issuances: Issuances,
): ReviewedSession[] {
  const index = indexOf(issuances);
  const chainOf = chainsThrough(index);
  return sessions.map((session) => {
    const joined = join(session, index);
    const behind = chainOf(session, joined);
    const isKnown = joined.joinedBy !== 'ambiguous' && joined.joinedBy !== 'unresolved';
    return { ...session, ...joined, issuedBy: isKnown ? behind[0]?.who : undefined, behind };
  });
}
