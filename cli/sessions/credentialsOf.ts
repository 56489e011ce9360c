import type { Credentials } from '#client/recipient.ts';
import { CommandError } from '../commandError.ts';
import { requestKey } from '../requests/requestKey.ts';
import { type CachedSession, cachedSession } from './cachedSessions.ts';
import { isFresh } from './freshness.ts';

/** Credentials of a grant as they are now. */
export interface Session {
  requestId: string;
  credentials: Credentials;
  sessionExpiresAt: string;
  grantEndsAt: string;
  /** When the service was last asked for a newer one. */
  askedAt: string;
  /** Whether the service has just been asked, and had a session that this machine had not. */
  isNew: boolean;
}

export interface SessionOptions {
  /** Waits for the approval of a request that has no session yet. */
  wait?: boolean | undefined;
  /** The service, where it is not the one that the request was made at. */
  url?: string | undefined;
}

/**
 * The credentials of a request: from the cache while they are fresh, else from the service. Throws a `CommandError`: `noAccess` where
 * the request has none now, `unusable` where this machine cannot open them.
 */
export async function credentialsOf(requestId: string, options: SessionOptions = {}): Promise<Session> {
  const [cached, key] = await Promise.all([
    cachedSession(requestId),
    requestKey(requestId),
    // It is needed next, and reads itself while the disk is waited for.
    import('#client/unsealed.ts'),
  ]);
  if (key === undefined) {
    const { noKey } = await import('./noKey.ts');
    throw await noKey(requestId, options);
  }
  const open = async (session: CachedSession): Promise<Session | undefined> => {
    const credentials = await opened(session, key);
    if (!credentials) return undefined;
    const { jwe: _jwe, sequence: _sequence, ...times } = session;
    return { requestId, credentials, ...times, isNew: false };
  };
  let damaged: CachedSession | undefined;
  if (cached && isFresh(cached, new Date())) {
    const session = await open(cached);
    if (session) return session;
    damaged = cached;
  }
  // Loaded now: what comes from the cache needs none of it.
  const { renewedSession } = await import('./renewedSession.ts');
  const renewed = await renewedSession(requestId, options, damaged);
  const session = await open(renewed.session);
  if (!session) throw wrongKey(requestId);
  return { ...session, isNew: renewed.isNew };
}

/** Undefined for what is damaged, or sealed to another key. */
async function opened(session: CachedSession, key: JsonWebKey): Promise<Credentials | undefined> {
  const { unsealed } = await import('#client/unsealed.ts');
  try {
    return await unsealed(session, key);
  } catch {
    return undefined;
  }
}

const wrongKey = (requestId: string): CommandError =>
  new CommandError(
    `What the service sent for request ${requestId} cannot be opened with this machine's key for it. Ask again: countersign request ENTITLEMENT --because "…"`,
  );
