import type { Session } from '../sessions/credentialsOf.ts';
import { isFresh } from '../sessions/freshness.ts';

/** The session of a command that runs for long: the one there is while it is fresh, then the next. Asked for by many at once, it is had once. */
export function commandSession(first: Session, next: () => Promise<Session>): () => Promise<Session> {
  let session = first;
  let renewal: Promise<Session> | undefined;
  return async () => {
    if (isFresh(session, new Date())) return session;
    renewal ??= next().finally(() => {
      renewal = undefined;
    });
    session = await renewal;
    return session;
  };
}
