import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessRequestDetail } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { type Watched, watchRequest } from '../../../cli/asking/watchRequest.ts';
import { ownFolders } from '../ownFolders.ts';
import { aDetail, ids, minutesFromNow } from '../requests/aRememberedRequest.ts';

ownFolders();
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A service that gives these answers, one after the other. */
function answering(...answers: (AccessRequestDetail | Error)[]): Api {
  const load = async (): Promise<AccessRequestDetail> => {
    const next = answers.shift();
    if (!next) throw new RangeError('It was asked once more than it should have been.');
    if (next instanceof Error) throw next;
    return next;
  };
  return { load } as unknown as Api;
}

async function watch(api: Api, signal = new AbortController().signal) {
  const looks: Watched[] = [];
  const service = { api, url: 'https://access.example.com/' };
  const watching = watchRequest(service, ids[0], { signal, onLook: (look) => looks.push(look) });
  const [seen] = await Promise.all([watching, vi.runAllTimersAsync()]);
  return { seen, looks: looks.map(({ request, silent }) => (silent ? 'silent' : request.status)) };
}

describe('somebody who waits for a request', () => {
  test.each(['active', 'denied', 'expired', 'cancelled', 'failed'] as const)(
    'waits no longer once it is %s',
    async (status) => {
      const { seen, looks } = await watch(answering(aDetail({ status })));
      expect([seen?.status, looks]).toEqual([status, [status]]);
    },
  );

  test('waits on while the first session is being issued, but not for a start that lies ahead', async () => {
    const api = answering(aDetail({ status: 'scheduled' }), aDetail({ status: 'active' }));
    expect((await watch(api)).looks).toEqual(['scheduled', 'active']);
    const later = aDetail({ status: 'scheduled', startAt: minutesFromNow(60) });
    expect((await watch(answering(later))).looks).toEqual(['scheduled']);
  });

  test('waits for a service that gives no answer', async () => {
    const outage = [
      new UnreachableError('https://access.example.com', new TypeError('fetch failed')),
      new RefusedError('Try again.', { status: 503, code: 'internal' }),
    ];
    const { looks } = await watch(answering(aDetail(), ...outage, aDetail({ status: 'active' })));
    expect(looks).toEqual(['pending', 'silent', 'silent', 'active']);
  });

  test('is told what no waiting changes', async () => {
    const signedOut = new RefusedError('Sign in.', { status: 401, code: 'not_signed_in' });
    await expect(watch(answering(aDetail(), signedOut))).rejects.toBe(signedOut);
  });

  test('can give up at any time', async () => {
    const stop = new AbortController();
    const watching = watch(answering(aDetail()), stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect((await watching).seen).toBeUndefined();
  });
});
