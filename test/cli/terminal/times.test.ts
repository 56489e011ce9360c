import { describe, expect, test } from 'vitest';
import { durationWords, shortDuration, timeLeft } from '../../../cli/terminal/durations.ts';
import { clockTime, fullTime } from '../../../cli/terminal/times.ts';
import { inBerlin } from '../inBerlin.ts';

inBerlin();

const now = new Date('2026-11-22T10:30:00Z');

describe('a time, where the reader is', () => {
  test.each([
    ['2026-11-22T13:05:00Z', '14:05'],
    ['2026-11-22T22:59:59Z', '23:59'],
    ['2026-11-22T23:00:00Z', '2026-11-23 00:00'],
    ['2026-11-21T10:30:00Z', '2026-11-21 11:30'],
    ['2027-07-01T07:00:00Z', '2027-07-01 09:00'],
  ])('%s is %s', (instant, words) => {
    expect(clockTime(instant, now)).toBe(words);
  });

  test('has its date and seconds in records', () => {
    expect(fullTime('2026-11-22T10:30:07Z')).toBe('2026-11-22 11:30:07');
  });
});

describe('a duration', () => {
  test('is told in words, and short as it is typed', () => {
    expect(durationWords('PT1H30M')).toBe('1 hour 30 minutes');
    expect(shortDuration('P1DT1H30M')).toBe('1d1h30m');
  });

  test('that is none stays as it is', () => {
    expect([durationWords('soon'), shortDuration('soon')]).toEqual(['soon', 'soon']);
  });

  test.each([
    ['2026-11-22T14:30:00Z', '4 hours'],
    ['2026-11-22T14:29:59Z', '4 hours'],
    ['2026-11-22T14:29:20Z', '3 hours 59 minutes'],
    ['2026-11-22T10:31:59Z', '1 minute 59 seconds'],
    ['2026-11-22T10:30:05Z', '5 seconds'],
    ['2026-11-22T10:00:00Z', '0 seconds'],
  ])('until %s is %s', (until, words) => {
    expect(timeLeft(until, now)).toBe(words);
  });
});
