import { describe, expect, test } from 'vitest';
import { isFresh } from '../../../cli/sessions/freshness.ts';

const now = new Date('2026-11-22T14:00:00Z');
const at = (minutes: number, seconds = 0): string =>
  new Date(now.getTime() + minutes * 60_000 + seconds * 1_000).toISOString();
const session = { sessionExpiresAt: at(10), grantEndsAt: at(120), askedAt: at(-5) };

describe('a session is handed out without asking the service', () => {
  test.each([
    ['with more than five minutes left', {}],
    ['to its end, where the grant ends with it', { sessionExpiresAt: at(0, 1), grantEndsAt: at(0, 1) }],
    [
      'for a quarter of a minute after the service had no newer one',
      { sessionExpiresAt: at(4), askedAt: at(0, -14) },
    ],
  ])('%s', (_, times) => expect(isFresh({ ...session, ...times }, now)).toBe(true));
});

describe('the service is asked', () => {
  test.each([
    ['with five minutes left', { sessionExpiresAt: at(5) }],
    ['again after a quarter of a minute', { sessionExpiresAt: at(4), askedAt: at(0, -15) }],
    ['after the end', { sessionExpiresAt: at(0), askedAt: at(0) }],
    ['after the end of the grant', { sessionExpiresAt: at(0), grantEndsAt: at(0) }],
    ['where it was last asked in the future', { sessionExpiresAt: at(4), askedAt: at(1) }],
    ['about a session longer than any: the clock is behind', { sessionExpiresAt: at(61) }],
  ])('%s', (_, times) => expect(isFresh({ ...session, ...times }, now)).toBe(false));
});
