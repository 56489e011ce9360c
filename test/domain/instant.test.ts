import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSeconds,
  earliest,
  instantOf,
  instantSchema,
  latest,
  millisecondsOf,
  secondsBetween,
} from '#domain/instant.ts';
import cases from '../cases/instants.json' with { type: 'json' };

const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
const instants = seconds.map((since) => instantOf(new Date(since * 1000)));

describe('an instant', () => {
  it.each(cases.taken)('%s is taken', (text) => {
    expect(instantSchema.parse(text)).toBe(text);
  });

  it.each(cases.refused)('$text is refused: $because', ({ text }) => {
    expect(instantSchema.safeParse(text).success).toBe(false);
  });

  it('sorts as text as it sorts in time', () => {
    fc.assert(fc.property(instants, instants, (a, b) => a < b === millisecondsOf(a) < millisecondsOf(b)));
  });

  it('of a date loses the fraction of a second and is never later than the date', () => {
    expect(instantOf(new Date('2026-11-22T10:00:00.999Z'))).toBe('2026-11-22T10:00:00Z');
  });

  it('and a number of seconds add up, across days, months and leap days', () => {
    expect(addSeconds('2026-11-22T23:59:59Z', 1)).toBe('2026-11-23T00:00:00Z');
    expect(addSeconds('2028-02-28T23:59:59Z', 1)).toBe('2028-02-29T00:00:00Z');
    expect(addSeconds('2026-01-01T00:00:00Z', -1)).toBe('2025-12-31T23:59:59Z');
    fc.assert(
      fc.property(instants, fc.integer({ min: -604_800, max: 604_800 }), (from, by) => {
        fc.pre(from > '0001-01-01T00:00:00Z' && from < '9999-12-01T00:00:00Z');
        return secondsBetween(from, addSeconds(from, by)) === by;
      }),
    );
  });

  it('can be the earliest or the latest of several', () => {
    const [first, second, third] = [
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:01Z',
      '2026-01-02T00:00:00Z',
    ] as const;
    expect(earliest(second, third, first)).toBe(first);
    expect(earliest(first, second)).toBe(first);
    expect(latest(second, third, first)).toBe(third);
    expect(latest(third, first)).toBe(third);
  });
});
