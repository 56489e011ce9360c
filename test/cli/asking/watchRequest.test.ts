import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessRequestDetail } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { type Watched, watchRequest } from '../../../cli/asking/watchRequest.ts';
import { anAnswer, ids, minutesFromNow } from '../requests/aRememberedRequest.ts';
import { ownFolders } from '../requests/ownFolders.ts';

ownFolders();
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const detail = (over: Partial<AccessRequestDetail> = {}): AccessRequestDetail => ({
  ...anAnswer(),
  account: { id: '111122223333', title: 'Production' },
  role: 'arn:aws:iam::111122223333:role/countersign-orders-read',
  roles: ['requester'],
  permissions: [],
  invitations: [],
  history: [],
  ...over,
});

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
  const watching = watchRequest(api, ids[0], { signal, onLook: (look) => looks.push(look) });
  const [seen] = await Promise.all([watching, vi.runAllTimersAsync()]);
  return { seen, looks: looks.map(({ request, silent }) => (silent ? 'silent' : request.status)) };
}

describe('somebody who waits for a request', () => {
  test.each(['active', 'denied', 'expired', 'cancelled', 'failed'] as const)(
    'waits no longer once it is %s',
    async (status) => {
      const { seen, looks } = await watch(answering(detail({ status })));
      expect([seen?.status, looks]).toEqual([status, [status]]);
    },
  );

  test('waits on while the first session is being issued, but not for a start that lies ahead', async () => {
    const api = answering(detail({ status: 'scheduled' }), detail({ status: 'active' }));
    expect((await watch(api)).looks).toEqual(['scheduled', 'active']);
    const later = detail({ status: 'scheduled', startAt: minutesFromNow(60) });
    expect((await watch(answering(later))).looks).toEqual(['scheduled']);
  });

  test('waits for a service that gives no answer', async () => {
    const outage = [
      new UnreachableError('https://access.example.com', new TypeError('fetch failed')),
      new RefusedError('Try again.', { status: 503, code: 'internal' }),
    ];
    const { looks } = await watch(answering(detail(), ...outage, detail({ status: 'active' })));
    expect(looks).toEqual(['pending', 'silent', 'silent', 'active']);
  });

  test('is told what no waiting changes', async () => {
    const signedOut = new RefusedError('Sign in.', { status: 401, code: 'not_signed_in' });
    await expect(watch(answering(detail(), signedOut))).rejects.toBe(signedOut);
  });

  test('can give up at any time', async () => {
    const stop = new AbortController();
    const watching = watch(answering(detail()), stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect((await watching).seen).toBeUndefined();
  });
});
