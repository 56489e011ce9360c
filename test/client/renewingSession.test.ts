import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessRequestDetail, SealedSession } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { newRecipientInMemory } from '#client/recipient.ts';
import { renewingSession } from '#client/renewingSession.ts';
import { credentialsUntil, sealed } from './sealing.ts';

const id = '01KANB1X00000000000000ABCD';
const now = Date.parse('2026-11-22T10:00:00Z');
const minute = 60_000;
const at = (minutes: number): string => new Date(now + minutes * minute).toISOString().replace('.000', '');

// Time stands still unless a test moves it.
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const notActive = (requestStatus: string): RefusedError =>
  new RefusedError('Not yet.', { status: 409, code: 'not_active', requestStatus });

/** A grant until 11:00 whose service hands out `sessions` in turn, the last one for good; an error is thrown. */
async function aGrant(...sessions: ({ ends: number; sequence: number } | Error)[]) {
  const { recipientKey, privateKey } = await newRecipientInMemory();
  const answers = await Promise.all(
    sessions.map(async (session): Promise<SealedSession | Error> => {
      if (session instanceof Error) return session;
      const sessionExpiresAt = at(session.ends);
      const jwe = await sealed(credentialsUntil(sessionExpiresAt), recipientKey);
      return { jwe, sessionExpiresAt, grantEndsAt: at(60), sequence: session.sequence };
    }),
  );
  const sealedSession = vi.fn<Api['sealedSession']>(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  });
  const load = vi.fn<Api['load']>(
    async () => ({ id, status: 'active', account: { id: '111122223333' } }) as AccessRequestDetail,
  );
  const api = { load, sealedSession } as Partial<Api> as Api;
  const grant = { api, id, privateKey, clockAhead: 0 };
  return { grant, ...renewingSession(grant), asked: sealedSession };
}

/** Minutes after 10:00 at which what is handed out ends. */
const endOf = async ({
  credentials,
}: Pick<ReturnType<typeof renewingSession>, 'credentials'>): Promise<number> =>
  ((await credentials()).expiration.getTime() - now) / minute;

describe('A session', () => {
  test('is kept until five minutes before its end', async () => {
    const grant = await aGrant({ ends: 15, sequence: 1 }, { ends: 25, sequence: 2 });
    expect(await endOf(grant)).toBe(15);
    vi.setSystemTime(now + 9.9 * minute);
    expect(await endOf(grant)).toBe(15);
    expect(grant.asked).toHaveBeenCalledTimes(1);
    vi.setSystemTime(now + 10 * minute);
    expect(await endOf(grant)).toBe(25);
  });

  test('is handed out on until there is another, which is asked for every few seconds', async () => {
    const grant = await aGrant({ ends: 15, sequence: 1 });
    await grant.credentials();
    vi.setSystemTime(now + 11 * minute);
    for (let call = 0; call < 10; call += 1) expect(await endOf(grant)).toBe(15);
    expect(grant.asked).toHaveBeenCalledTimes(2);
    vi.setSystemTime(now + 11 * minute + 5_000);
    expect(await endOf(grant)).toBe(15);
    expect(grant.asked).toHaveBeenCalledTimes(3);
  });

  test('that lasts to the end of the grant is the last: no other is asked for', async () => {
    const grant = await aGrant({ ends: 60, sequence: 4 });
    await grant.credentials();
    vi.setSystemTime(now + 59.9 * minute);
    expect(await endOf(grant)).toBe(60);
    expect(grant.asked).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['nothing answers', new UnreachableError('https://access.example.com', undefined)],
    ['the sign-in is over', new RefusedError('Sign in.', { status: 401, code: 'not_signed_in' })],
  ])('is handed out to its end while %s, and not beyond', async (_, error) => {
    const grant = await aGrant({ ends: 15, sequence: 1 }, error);
    await grant.credentials();
    vi.setSystemTime(now + 14.9 * minute);
    expect(await endOf(grant)).toBe(15);
    vi.setSystemTime(now + 15 * minute);
    await expect(grant.credentials()).rejects.toBe(error);
  });

  test('that is still being issued is waited for', async () => {
    const grant = await aGrant(notActive('active'), notActive('active'), { ends: 15, sequence: 1 });
    const ends = endOf(grant);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await ends).toBe(15);
  });

  test('that does not come within two minutes is given up', async () => {
    const grant = await aGrant(notActive('active'));
    const failing = expect(grant.credentials()).rejects.toMatchObject({ code: 'not_active' });
    await vi.advanceTimersByTimeAsync(10 * minute);
    await failing;
  });

  test('is over when it is over on a machine whose clock is wrong', async () => {
    const { grant } = await aGrant({ ends: 15, sequence: 1 });
    // Its clock is an hour ahead: by that clock the session ends at 11:15.
    vi.setSystemTime(now + 60 * minute);
    const ahead = renewingSession({ ...grant, clockAhead: 60 * minute });
    expect(await endOf(ahead)).toBe(75);
    vi.setSystemTime(now + 69 * minute);
    await ahead.credentials();
    expect(grant.api.sealedSession).toHaveBeenCalledTimes(1);
    vi.setSystemTime(now + 71 * minute);
    await ahead.credentials();
    expect(grant.api.sealedSession).toHaveBeenCalledTimes(2);
  });
});
