import { setTimeout as pause } from 'node:timers/promises';
import type { SealedSession } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { RefusedError } from '#client/errors.ts';
import { awaitAccess } from '../asking/awaitAccess.ts';
import { CommandError } from '../commandError.ts';
import { whereLocksWork } from '../lock.ts';
import { briefly } from '../requests/briefly.ts';
import { eraseOver } from '../requests/eraseOver.ts';
import { noticeRequest } from '../requests/noticeRequest.ts';
import { rememberedRequest } from '../requests/rememberedRequests.ts';
import { type Service, type ServiceWords, serviceOf } from '../service.ts';
import { type CachedSession, cachedSession, cacheSession } from './cachedSessions.ts';
import type { SessionOptions } from './credentialsOf.ts';
import { isFresh, leftOf } from './freshness.ts';
import { isBeingIssued, noSession } from './noSession.ts';
import { OverError } from './overError.ts';

/** A session, and whether it is one that this machine had not before. */
interface Renewed {
  session: CachedSession;
  isNew: boolean;
}

/** How long the next session of a running grant is waited for. */
const issueSeconds = 20;

/**
 * The newest session of a request; the old one as long as it lasts, where there is none newer or the service cannot be asked.
 * Of many processes at once, one asks. `damaged` is what the cache held and no key opened.
 */
export async function renewedSession(
  requestId: string,
  options: SessionOptions,
  damaged: CachedSession | undefined,
): Promise<Renewed> {
  const remembered = await rememberedRequest(requestId);
  const words: ServiceWords = { url: options.url, madeAt: remembered?.url };
  if (options.wait) await awaitAccess(await serviceOf(words), requestId, { quiet: false });
  // Without a lock, such as in a read-only home, each process asks for itself: that costs calls and nothing else.
  return whereLocksWork(`session-${requestId}`, async () => {
    const found = await cachedSession(requestId);
    // In a read-only home it is still there.
    const cached = found?.jwe === damaged?.jwe ? undefined : found;
    if (cached && isFresh(cached, new Date())) return { session: cached, isNew: false };
    return renew(requestId, words, cached);
  });
}

async function renew(
  requestId: string,
  words: ServiceWords,
  cached: CachedSession | undefined,
): Promise<Renewed> {
  const askedAt = new Date().toISOString();
  const lasting = cached && leftOf(cached.sessionExpiresAt, new Date()) > 0 ? cached : undefined;
  try {
    const sealed = await fetched(requestId, words, lasting === undefined);
    const session = { ...sealed, askedAt };
    await cacheSession(requestId, session);
    return { session, isNew: session.jwe !== cached?.jwe };
  } catch (error) {
    if (!lasting || isFinal(error)) throw error;
    const session = { ...lasting, askedAt };
    await cacheSession(requestId, session);
    return { session, isNew: false };
  }
}

/** Whether a session that still lasts is of no use any more. Without a network, or without a sign-in, it still is. */
const isFinal = (error: unknown): boolean =>
  error instanceof OverError ||
  (error instanceof RefusedError && (error.status === 403 || error.status === 404));

async function fetched(requestId: string, words: ServiceWords, isUrgent: boolean): Promise<SealedSession> {
  const service = await serviceOf(words);
  const { api } = service;
  try {
    const sealed = isUrgent
      ? await issued(requestId, api)
      : await api.sealedSession(requestId, { signal: briefly() });
    if (leftOf(sealed.sessionExpiresAt, new Date()) <= 0) throw clockAhead(sealed);
    await takeIn(requestId, service);
    return sealed;
  } catch (error) {
    throw await noSession(error, { requestId, url: service.url });
  }
}

/** The newest session; one that is being issued is waited for. */
async function issued(requestId: string, api: Api): Promise<SealedSession> {
  for (let left = issueSeconds; ; left -= 1) {
    try {
      return await api.sealedSession(requestId);
    } catch (error) {
      if (!isBeingIssued(error) || left <= 0) throw error;
    }
    await pause(1_000);
  }
}

/** Remembers the window of a grant that no command has seen yet, and clears away what is over. Neither may cost the credentials. */
async function takeIn(requestId: string, { api, url }: Service): Promise<void> {
  const remembered = await rememberedRequest(requestId);
  if (remembered && remembered.endsAt === undefined)
    await api
      .load(requestId, { signal: briefly() })
      .then((request) => noticeRequest(request, url))
      .catch(() => undefined);
  await eraseOver(new Date()).catch(() => undefined);
}

/** AWS's tools would take the session for expired, and AWS refuses what is signed that far in the future. */
const clockAhead = ({ sessionExpiresAt }: SealedSession): CommandError =>
  new CommandError(
    `The service has just given a session that ends at ${sessionExpiresAt}, and by this machine’s clock that is over. Set the clock; countersign doctor says how far ahead it is.`,
  );
