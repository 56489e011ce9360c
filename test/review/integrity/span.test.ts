import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { addSeconds, secondsBetween } from '#domain/instant.ts';
import { gapsBetween, type Span, secondsCovered } from '#review/integrity/span.ts';

const midnight = '2026-11-22T00:00:00Z';
const at = (second: number): string => addSeconds(midnight, second);

const spans = fc.array(
  fc
    .tuple(fc.nat(60), fc.nat(20))
    .map(([start, length]): Span => ({ from: at(start), to: at(start + length) })),
  { maxLength: 8 },
);

/** Second by second. */
const isIn = (second: number, members: readonly Span[]): boolean =>
  members.some(({ from, to }) => at(second) >= from && at(second) < to);

describe('Spans of time', () => {
  test.prop([fc.nat(60), fc.nat(60), spans])(
    'cover those seconds of a frame that lie in any of them',
    (start, length, members) => {
      const seconds = Array.from({ length }, (_, index) => start + index);
      const expected = seconds.filter((second) => isIn(second, members)).length;
      expect(secondsCovered({ from: at(start), to: at(start + length) }, members)).toBe(expected);
    },
  );

  test.prop([spans])('leave gaps, which with them make up the whole', (members) => {
    const gaps = gapsBetween(members);
    const first = members.map(({ from }) => from).sort()[0] ?? midnight;
    const last =
      members
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? midnight;
    const covered = secondsCovered({ from: first, to: last }, members);
    const missing = gaps.reduce((sum, { from, to }) => sum + secondsBetween(from, to), 0);
    expect(covered + missing).toBe(secondsBetween(first, last));
    for (const gap of gaps) expect(secondsCovered(gap, members)).toBe(0);
  });
});
