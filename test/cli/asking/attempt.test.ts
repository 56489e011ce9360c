import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dropAttempt, dropOldAttempts, keptAttempt } from '../../../cli/asking/attempt.ts';
import { ownFolders } from '../ownFolders.ts';

const folder = ownFolders();
afterEach(() => void vi.useRealTimers());

const url = 'https://access.example.com/';
const wish = { entitlement: 'orders-read', justification: 'Customer asks where order 1001 is' };
const kept = (): Promise<string[]> => readdir(join(folder(), 'secrets'));
const inHours = (count: number): void =>
  void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + count * 3_600_000 });

describe('an attempt at a wish', () => {
  test('is the same until it has an answer', async () => {
    const first = await keptAttempt(url, wish);
    expect(await keptAttempt(url, wish)).toEqual(first);
    await dropAttempt(url, wish);
    expect(await kept()).toEqual([]);
    const next = await keptAttempt(url, wish);
    expect(next.idempotencyKey).not.toBe(first.idempotencyKey);
    expect(next.privateKey).not.toEqual(first.privateKey);
  });

  test('is one, for two commands with the same words at once', async () => {
    const [first, second] = await Promise.all([keptAttempt(url, wish), keptAttempt(url, wish)]);
    expect(second).toEqual(first);
  });

  test.each([
    ['another wish', url, { ...wish, duration: 'PT2H' }],
    ['another service', 'https://other.example.com/', wish],
  ])('shares no key with that at %s', async (_, otherUrl, otherWish) => {
    const first = await keptAttempt(url, wish);
    const other = await keptAttempt(otherUrl, otherWish);
    expect(other.idempotencyKey).not.toBe(first.idempotencyKey);
    expect(other.privateKey).not.toEqual(first.privateKey);
  });

  test('is a new one where the service knows the old one no more, or it is damaged', async () => {
    const first = await keptAttempt(url, wish);
    inHours(24);
    const second = await keptAttempt(url, wish);
    expect(second.idempotencyKey).not.toBe(first.idempotencyKey);
    const [file = ''] = await kept();
    await writeFile(join(folder(), 'secrets', file), '{"idempotencyKey":');
    expect((await keptAttempt(url, wish)).idempotencyKey).not.toBe(second.idempotencyKey);
  });

  test('that nobody repeats is erased after a day', async () => {
    await keptAttempt(url, wish);
    inHours(22);
    await dropOldAttempts();
    expect(await kept()).toHaveLength(1);
    inHours(2);
    await dropOldAttempts();
    expect(await kept()).toEqual([]);
  });
});
