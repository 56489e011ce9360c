import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessRequestDetail } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { watch } from '#client/watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const id = '01KANB1X00000000000000ABCD';
const pending = { id, status: 'pending', title: 'Read the orders table', decisions: [], history: [] };
const down = new UnreachableError('https://access.example.com', undefined);

/** Waits for a request that is found so at each look, the last for good; answers when the looks were, in seconds. */
function watching(...found: (object | Error)[]) {
  const began = Date.now();
  const looks: number[] = [];
  const load = async (): Promise<AccessRequestDetail> => {
    looks.push((Date.now() - began) / 1_000);
    const answer = found[Math.min(looks.length, found.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer as AccessRequestDetail;
  };
  const onChange = vi.fn<(request: AccessRequestDetail) => void>();
  const api = { load } as Partial<Api> as Api;
  const ended = watch({ api, id, until: ['active'] }, { onChange }).then(
    (request) => request.status,
    (error: unknown) => error,
  );
  return { looks, onChange, ended };
}

describe('Whoever waits for a request', () => {
  test('looks often at first and every ten seconds later', async () => {
    const { looks } = watching(pending);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.slice(0, 4)).toEqual([0, 1, 2.5, 4.75]);
    const gaps = looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
    expect(gaps).toEqual(gaps.toSorted((one, other) => one - other));
    expect(gaps.at(-1)).toBe(10);
  });

  test('is told of it once, and of each change', async () => {
    const approvedOnce = { ...pending, decisions: [{ decision: 'approve' }] };
    const { onChange, ended } = watching(pending, pending, approvedOnce, approvedOnce, {
      ...pending,
      status: 'active',
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await ended).toBe('active');
    expect(onChange.mock.calls.map(([request]) => [request.status, request.decisions.length])).toEqual([
      ['pending', 0],
      ['pending', 1],
      ['active', 0],
    ]);
  });

  test('waits through a failing network', async () => {
    const { ended } = watching(pending, down, down, down, { ...pending, status: 'active' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await ended).toBe('active');
  });

  test('hears of one that has failed for five minutes', async () => {
    const { ended, looks } = watching(pending, down);
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(await ended).toBe(down);
    expect(looks.at(-1)).toBeGreaterThan(300);
  });

  test('asks again no sooner than the service says', async () => {
    const busy = new RefusedError('Too many.', { status: 429, code: 'too_many', retryAfter: 90_000 });
    const { looks } = watching(busy, pending);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(looks.slice(0, 2)).toEqual([0, 90]);
  });

  test.each([86_400_000, 9_999_999_000])(
    'asks again after five minutes though told to wait %d ms',
    async (retryAfter) => {
      const busy = new RefusedError('Down.', { status: 503, code: 'internal', retryAfter });
      const { looks } = watching(busy, pending);
      await vi.advanceTimersByTimeAsync(301_000);
      expect(looks.slice(0, 2)).toEqual([0, 300]);
    },
  );

  test('hears at once of a refusal', async () => {
    const refusal = new RefusedError('Sign in.', { status: 401, code: 'not_signed_in' });
    const { ended } = watching(pending, refusal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await ended).toBe(refusal);
  });

  test.each([
    [
      { status: 'failed', reason: 'entitlement_changed' },
      'came to nothing. The entitlement changed after it was asked for. Ask again if',
    ],
    [{ status: 'failed', reason: 'AWS refused it.' }, 'came to nothing. AWS refused it. Ask again if'],
    [{ status: 'failed' }, 'came to nothing. Ask again if'],
    [{ status: 'ended', closedAt: '2026-11-22T11:00:00Z' }, 'is over since 2026-11-22T11:00:00Z. Ask again'],
    [{ status: 'denied' }, 'An approver denied “Read the orders table”. Ask again'],
  ])('hears what became of it: %o', async (over, words) => {
    const error = await watching({ ...pending, ...over }).ended;
    expect(String(error)).toContain(words);
  });
});
