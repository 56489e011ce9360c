import type { AccessRequestDetail } from './answers.ts';
import type { Api } from './api.ts';
import { isOpen, noAccess } from './noAccess.ts';
import { pause } from './pause.ts';
import { isOutage, retryAfterOf } from './repeated.ts';

/** How somebody waits. */
export interface Waiting {
  /** Called with the request as it is found first, and whenever something about it has changed. */
  onChange?: ((request: AccessRequestDetail) => void) | undefined;
  /** Gives up waiting; the request stays as it is. */
  signal?: AbortSignal | undefined;
}

/** Milliseconds from one look to the next. */
const pauses = { first: 1_000, longest: 10_000, growth: 1.5 };
/** Milliseconds without an answer before waiting ends; it may last for hours, and networks fail in between. */
const outage = 5 * 60_000;

/**
 * Waits until a request has one of these statuses. Rejects with a `NoAccessError` once it never will, and with the last error where the
 * service does not answer for five minutes.
 */
export async function watch(
  { api, id, until }: { api: Api; id: string; until: readonly AccessRequestDetail['status'][] },
  { onChange, signal }: Waiting = {},
): Promise<AccessRequestDetail> {
  let seen: string | undefined;
  let answered = performance.now();
  for (let wait = pauses.first; ; wait = Math.min(wait * pauses.growth, pauses.longest)) {
    let asked = 0;
    try {
      const request = await api.load(id, { signal });
      answered = performance.now();
      const text = JSON.stringify(request);
      if (text !== seen) onChange?.(request);
      seen = text;
      if (until.includes(request.status)) return request;
      if (!isOpen(request)) throw noAccess(request);
    } catch (error) {
      if (!isOutage(error) || performance.now() - answered > outage) throw error;
      asked = retryAfterOf(error) ?? 0;
    }
    await pause(Math.min(Math.max(wait, asked), outage), signal);
  }
}
