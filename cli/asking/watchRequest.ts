import type { AccessRequestDetail } from '#client/answers.ts';
import { pause } from '#client/pause.ts';
import { isOutage } from '#client/repeated.ts';
import { isClosed, noticeRequest } from '../requests/noticeRequest.ts';
import type { Service } from '../service.ts';

/** A request that somebody waits for, as it was last seen; `silent` while the service gives no answer. */
export interface Watched {
  request: AccessRequestDetail;
  silent: boolean;
}

const shortestWait = 1_000;
const longestWait = 5_000;

/**
 * Looks at a request again and again until there is access, or there will be none, or it begins at a time of its own later on. Tells each look.
 * A service that gives no answer is waited for: an approval takes longer than most outages. Undefined when the waiting was given up.
 */
export async function watchRequest(
  { api, url }: Service,
  id: string,
  { signal, onLook }: { signal: AbortSignal; onLook: (watched: Watched) => void },
): Promise<AccessRequestDetail | undefined> {
  try {
    let request = await api.load(id, { signal });
    onLook({ request, silent: false });
    for (let wait = shortestWait; !isSettled(request); wait = Math.min(longestWait, wait * 1.2)) {
      await pause(wait, signal);
      const seen = await api.load(id, { signal }).catch(unlessSilent);
      request = seen ?? request;
      onLook({ request, silent: seen === undefined });
    }
    await noticeRequest(request, url);
    return request;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function unlessSilent(error: unknown): undefined {
  if (!isOutage(error)) throw error;
}

/** `scheduled` is also what an approved request is called for the moment until its first session is there. */
function isSettled(request: AccessRequestDetail): boolean {
  const { status, startAt } = request;
  if (status === 'scheduled') return startAt !== undefined && Date.parse(startAt) > Date.now();
  return status === 'active' || isClosed(request);
}
