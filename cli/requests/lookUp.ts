import { stat, utimes } from 'node:fs/promises';
import type { AccessRequestDetail } from '#client/answers.ts';
import { serviceOf } from '../service.ts';
import { briefly } from './briefly.ts';
import { noticeRequest } from './noticeRequest.ts';
import { type RememberedRequest, requestFile } from './rememberedRequests.ts';

/** Milliseconds from one look at a request to the next, where nobody waits for it. */
const nowAndThen = 60_000;

/** Takes in what has become of requests. Without the service, or without a sign-in, what is remembered has to do. */
export async function lookUp(requests: RememberedRequest[]): Promise<void> {
  await Promise.allSettled(requests.map(async (request) => noticeRequest(await seen(request), request.url)));
}

/**
 * Takes in which requests have become grants that can be used, at most once a minute: for whoever has an older grant to go on with, and
 * may ask very often.
 */
export async function lookUpNowAndThen(requests: RememberedRequest[]): Promise<void> {
  await Promise.allSettled(
    requests.map(async (remembered) => {
      if (!(await isDue(remembered))) return;
      const request = await seen(remembered);
      // Its first session may still be on its way.
      if (request.status !== 'scheduled') await noticeRequest(request, remembered.url);
    }),
  );
}

async function seen({ id, url }: RememberedRequest): Promise<AccessRequestDetail> {
  const { api } = await serviceOf({ madeAt: url });
  return api.load(id, { signal: briefly() });
}

/** The time of its file says when it was last looked at. Rejects where that cannot be written: nothing could be remembered there, either. */
async function isDue({ id }: RememberedRequest): Promise<boolean> {
  const file = requestFile(id);
  const now = new Date();
  const { mtime } = await stat(file);
  if (Math.abs(now.getTime() - mtime.getTime()) < nowAndThen) return false;
  await utimes(file, now, now);
  return true;
}
