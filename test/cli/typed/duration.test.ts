import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '#domain/duration.ts';
import { durationOf } from '../../../cli/typed/duration.ts';

describe('a duration that somebody types', () => {
  test.each([
    ['1h', 'PT1H'],
    ['90m', 'PT1H30M'],
    ['1h30m', 'PT1H30M'],
    ['2d', 'P2D'],
    ['1d12h', 'P1DT12H'],
    [' 45M ', 'PT45M'],
    ['PT1H', 'PT1H'],
    ['pt90s', 'PT1M30S'],
    ['P1W', 'P7D'],
  ])('%j is %s', (typed, iso) => {
    expect(durationOf(typed)).toBe(iso);
  });

  test.each(['', '1', '1 h', 'h', '30m1h', '1.5h', '-1h', '1y', '5s', 'tomorrow', '99999999h'])(
    '%j is refused, with how it is written',
    (typed) => {
      expect(() => durationOf(typed)).toThrow('Write it like 45m, 1h30m, 2d or PT1H30M.');
    },
  );

  test.each(['0m', 'PT0S', 'PT59S'])('%j is refused, with the least that there is', (typed) => {
    expect(() => durationOf(typed)).toThrow('at least a minute. Write --for 1m or more.');
  });

  test('shows nothing of what could steer a terminal', () => {
    expect(() => durationOf('\u001b[2J1h')).toThrow(/^"\[2J1h" is no duration/);
  });

  test('means as many seconds as its parts', () => {
    const part = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(part, part, fc.integer({ min: 1, max: 999 }), (days, hours, minutes) => {
        const seconds = parseDuration(durationOf(`${days}d${hours}h${minutes}m`));
        return seconds === days * 86_400 + hours * 3_600 + minutes * 60;
      }),
    );
  });
});
