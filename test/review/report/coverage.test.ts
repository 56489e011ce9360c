import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { calendarOf, spanOf } from '#review/report/calendar.ts';
import { clipped, coverageOf, hourOf, hoursWithin, joined } from '#review/report/coverage.ts';
import { aReview } from './aReview.ts';
import { aLogFile } from './builders.ts';

describe('Hours with records', () => {
  it('are told apart by account and region', () => {
    const places = coverageOf(aReview().trail.files);
    expect(places.map(({ account, region, files }) => [account, region, files])).toEqual([
      ['111122223333', 'eu-central-1', 116],
      ['999988887777', 'us-east-1', 60],
    ]);
  });

  it('are those between the first and last record of a file', () => {
    const file = {
      ...aLogFile('111122223333', 'eu-central-1', '2026-11-22T10:59:00Z'),
      first: '2026-11-22T10:59:00Z',
      last: '2026-11-22T12:00:00Z',
    };
    const [place] = coverageOf([file]);
    expect(
      place &&
        hoursWithin(place.runs, {
          from: hourOf('2026-11-22T00:00:00Z'),
          until: hourOf('2026-11-23T00:00:00Z'),
        }),
    ).toBe(3);
  });

  it('are none of files without a record', () => {
    const { first: _, last: __, ...empty } = aLogFile('111122223333', 'eu-central-1', '2026-11-22T10:59:00Z');
    expect(coverageOf([empty])).toEqual([]);
  });

  it('know files of any other layout too', () => {
    const file = { ...aLogFile('111122223333', 'eu-central-1', '2026-11-22T10:59:00Z'), path: 'export.json' };
    expect(coverageOf([file])).toMatchObject([{ account: 'other files', region: '' }]);
  });

  const run = fc
    .tuple(fc.nat(200), fc.integer({ min: 1, max: 30 }))
    .map(([from, length]) => ({ from, until: from + length }));

  test.prop([fc.array(run), run])('are counted once, however files overlap', (runs, span) => {
    const sorted = joined([...runs].sort((one, other) => one.from - other.from));
    const hours = new Set(
      runs.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, index) => from + index)),
    );
    const within = [...hours].filter((hour) => span.from <= hour && hour < span.until);
    expect(hoursWithin(sorted, span)).toBe(within.length);
    expect(clipped(sorted, span).every(({ from, until }) => span.from <= from && until <= span.until)).toBe(
      true,
    );
  });
});

describe('The calendar of a chart', () => {
  it.for([
    [3_600, 'hour', 2],
    [72 * 3_600, 'hour', 73],
    [30 * 86_400, 'day', 31],
    [365 * 86_400, 'month', 13],
  ] as const)('has parts that can be told apart: %i seconds in %ss', ([seconds, unit, count]) => {
    const calendar = calendarOf({
      from: '2026-11-22T10:30:00Z',
      to: addSeconds('2026-11-22T10:30:00Z', seconds),
    });
    expect([calendar.unit, calendar.parts.length]).toEqual([unit, count]);
  });

  test.prop([fc.integer({ min: 0, max: 400 * 86_400 }), fc.integer({ min: 1, max: 800 * 86_400 }), fc.nat()])(
    'has a place for each moment of its span',
    (start, length, moment) => {
      const from = addSeconds('2026-01-01T00:00:00Z', start);
      const { parts } = calendarOf({ from, to: addSeconds(from, length) });
      expect(parts).toContain(addSeconds(from, moment % length).slice(0, parts[0]?.length));
      expect(parts.length).toBeLessThanOrEqual(100);
    },
  );

  it('is about the period, and about the records where no period was given', () => {
    expect(spanOf(aReview())).toEqual({ from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' });
    expect(spanOf(aReview({ period: {} }))).toEqual({
      from: '2026-11-01T00:04:10Z',
      to: '2026-11-30T23:58:42Z',
    });
  });
});
