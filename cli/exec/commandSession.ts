import type { Session } from '../sessions/credentialsOf.ts';
import { isFresh, leftOf } from '../sessions/freshness.ts';
import { OverError } from '../sessions/overError.ts';

/**
 * The session of a command that runs for long: the one there is while it is fresh, then the next. Asked for by many at once, it is had once.
 * Where the next one cannot be had, the one there is serves as long as it lasts: not every machine has a cache that would keep it.
 */
export function commandSession(first: Session, next: () => Promise<Session>): () => Promise<Session> {
  let session = first;
  let renewal: Promise<Session> | undefined;
  return async () => {
    if (isFresh(session, new Date())) return session;
    renewal ??= next()
      .catch((error: unknown) => lasting(session, error))
      .finally(() => {
        renewal = undefined;
      });
    session = await renewal;
    return session;
  };
}

/** The session, as if the service had just said that there is no newer one; else the error again. */
function lasting(session: Session, error: unknown): Session {
  const now = new Date();
  if (error instanceof OverError || leftOf(session.sessionExpiresAt, now) <= 0) throw error;
  return { ...session, askedAt: now.toISOString() };
}
