import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeOf } from '../../../cli/typed/time.ts';
import { inBerlin } from '../inBerlin.ts';

inBerlin();

/** 11:30 in Berlin. */
const now = new Date('2026-11-22T10:30:00Z');

describe('a time that somebody types', () => {
  test.each([
    ['14:00', '2026-11-22T13:00:00Z'],
    ['11:30', '2026-11-23T10:30:00Z'],
    ['9:15', '2026-11-23T08:15:00Z'],
    ['0:00', '2026-11-22T23:00:00Z'],
    ['2026-11-24T09:00', '2026-11-24T08:00:00Z'],
    ['2026-11-24 09:00:30', '2026-11-24T08:00:30Z'],
    ['2027-07-01T09:00', '2027-07-01T07:00:00Z'],
    ['2026-11-24T09:00Z', '2026-11-24T09:00:00Z'],
    ['2026-11-24T09:00:00.250Z', '2026-11-24T09:00:00Z'],
    ['2026-11-24t09:00:00+05:30', '2026-11-24T03:30:00Z'],
  ])('%j is %s where it is an hour later than UTC', (typed, instant) => {
    expect(timeOf(typed, now)).toBe(instant);
  });

  test.each([
    '',
    'noon',
    '24:00',
    '12:60',
    '14',
    '2026-02-30T10:00',
    '2026-13-01T10:00',
    '2026-11-24',
    '2026-11-24T25:00Z',
    '2026-11-24T09:00+99:99',
    '1764000000',
    '+1h',
  ])('%j is refused, with how it is written', (typed) => {
    expect(() => timeOf(typed, now)).toThrow(
      'Write it like 14:00, 2026-11-22T14:00 or 2026-11-22T14:00:00Z: when it is, not how long until then.',
    );
  });

  test('of a clock lies in the future, by a day at most', () => {
    const clock = fc.record({
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
    });
    // No night in which the clocks change.
    const moment = fc.date({ min: new Date('2026-11-01'), max: new Date('2027-03-20'), noInvalidDate: true });
    fc.assert(
      fc.property(clock, moment, ({ hour, minute }, at) => {
        const wait = Date.parse(timeOf(`${hour}:${String(minute).padStart(2, '0')}`, at)) - at.getTime();
        return wait > 0 && wait <= 86_400_000;
      }),
    );
  });
});
