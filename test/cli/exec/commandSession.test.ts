import { expect, test } from 'vitest';
import { commandSession } from '../../../cli/exec/commandSession.ts';
import type { Session } from '../../../cli/sessions/credentialsOf.ts';
import { OverError } from '../../../cli/sessions/overError.ts';

const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
const sessionOf = (minutes: number): Session => ({
  requestId: '01K00000000000000000000000',
  credentials: {
    Version: 1,
    AccessKeyId: `ASIA${minutes}`,
    SecretAccessKey: 'secret',
    SessionToken: 'token',
    Expiration: at(minutes),
  },
  sessionExpiresAt: at(minutes),
  grantEndsAt: at(200),
  askedAt: at(-5),
  isNew: false,
});

test('a fresh session is handed out as it is, a stale one is renewed once for all who ask', async () => {
  let renewals = 0;
  const next = async (): Promise<Session> => {
    renewals += 1;
    return sessionOf(15);
  };
  const first = sessionOf(10);
  expect(await commandSession(first, next)()).toBe(first);
  expect(renewals).toBe(0);

  const session = commandSession(sessionOf(4), next);
  const [one, ...others] = await Promise.all([session(), session(), session()]);
  expect(one?.credentials.AccessKeyId).toBe('ASIA15');
  for (const other of [...others, await session()]) expect(other).toBe(one);
  expect(renewals).toBe(1);
});

test('a renewal that failed is tried again', async () => {
  const outcomes = [Promise.reject(new Error('No network.')), Promise.resolve(sessionOf(15))];
  const session = commandSession(sessionOf(0), () => outcomes.shift() ?? Promise.reject(new Error()));
  await expect(session()).rejects.toThrow('No network.');
  expect((await session()).credentials.AccessKeyId).toBe('ASIA15');
});

test('through an outage a session serves as long as it lasts, and the service is not asked each time', async () => {
  let renewals = 0;
  const session = commandSession(sessionOf(4), async () => {
    renewals += 1;
    throw new Error('No network.');
  });
  expect((await session()).credentials.AccessKeyId).toBe('ASIA4');
  expect((await session()).credentials.AccessKeyId).toBe('ASIA4');
  expect(renewals).toBe(1);
});

test('what is over is not handed out, however long its session would last', async () => {
  const session = commandSession(sessionOf(4), () => Promise.reject(new OverError('It is revoked.')));
  await expect(session()).rejects.toThrow('It is revoked.');
});
