import { describe, expect, it } from 'vitest';
import { expirationOf } from '#review/sessions/expiration.ts';

describe('when credentials expire', () => {
  it.each([
    ['Nov 22, 2026 3:51:45 PM', '2026-11-22T15:51:45Z'],
    ['Nov 22, 2026, 3:51:45 PM', '2026-11-22T15:51:45Z'],
    ['Nov 22, 2026, 3:51:45\u202fPM', '2026-11-22T15:51:45Z'],
    ['Jun 1, 2017 9:05:21 AM', '2017-06-01T09:05:21Z'],
    ['Jan 1, 2027, 12:00:00 AM', '2027-01-01T00:00:00Z'],
    ['Jan 1, 2027, 12:00:00 PM', '2027-01-01T12:00:00Z'],
    ['2026-11-22T15:51:45Z', '2026-11-22T15:51:45Z'],
    ['2026-11-22T15:51:45.000Z', '2026-11-22T15:51:45Z'],
  ])('%s is UTC', (written, instant) => {
    expect(expirationOf(written)).toBe(instant);
  });

  it.each([
    'Feb 30, 2026, 3:51:45 PM',
    'Nov 22, 2026, 3:61:45 PM',
    'nov 22, 2026, 3:51:45 PM',
    '22.11.2026 15:51:45',
    '',
    1_795_362_705,
    null,
    { seconds: 1 },
  ])('is not known from %j', (written) => {
    expect(expirationOf(written)).toBeUndefined();
  });
});
