import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds, secondsBetween } from '#domain/instant.ts';
import { reissueEvery, reissueTime, sessionDurationOf } from '#domain/sessionLength.ts';
import { madeAt } from '../support/builders.ts';

describe('a session', () => {
  it('lives 900 s for grants up to four hours, 3600 s beyond, or as the entitlement says', () => {
    expect(sessionDurationOf(60, undefined)).toBe(900);
    expect(sessionDurationOf(4 * 3_600, undefined)).toBe(900);
    expect(sessionDurationOf(4 * 3_600 + 1, undefined)).toBe(3_600);
    expect(sessionDurationOf(60, 1_800)).toBe(1_800);
    expect(sessionDurationOf(7 * 86_400, 900)).toBe(900);
  });

  it('is followed by the next five minutes before it runs out, or a third of it if that is less', () => {
    expect(reissueEvery(3_600)).toBe(3_300);
    expect(reissueEvery(901)).toBe(601);
    expect(reissueEvery(900)).toBe(600);
    expect(reissueEvery(600)).toBe(400);
  });

  it('that lasts to the end is the last', () => {
    expect(reissueTime(madeAt, 900, addSeconds(madeAt, 900))).toBeUndefined();
    expect(reissueTime(madeAt, 900, addSeconds(madeAt, 901))).toBe(addSeconds(madeAt, 600));
    expect(reissueTime(madeAt, 3_600, addSeconds(madeAt, 9_999))).toBe(addSeconds(madeAt, 3_300));
  });

  it('is followed by the next before it runs out, and a grant always gets on by each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 900, max: 3_600 }),
        fc.integer({ min: 1, max: 604_800 }),
        (seconds, left) => {
          const next = reissueTime(madeAt, seconds, addSeconds(madeAt, left));
          if (next === undefined) return seconds >= left;
          const wait = secondsBetween(madeAt, next);
          return wait >= 600 && wait < seconds && next < addSeconds(madeAt, left);
        },
      ),
    );
  });
});
