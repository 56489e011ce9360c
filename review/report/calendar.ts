import { addSeconds, type Instant, instantOf, millisecondsOf, secondsBetween } from '#domain/instant.ts';
import type { Review } from '../review.ts';

const hour = 3_600;
const day = 86_400;
/** More bars than that cannot be told apart. */
const mostHours = 72;
const mostDays = 92;

/** The time that the review is about: the period, or where it is open the first and last record. Undefined without either. */
export function spanOf({ period, completeness }: Review): { from: Instant; to: Instant } | undefined {
  const from = period.from ?? completeness.first;
  // The end of a period is the first moment after it; a record lies within.
  const to = period.to ?? (completeness.last === undefined ? undefined : addSeconds(completeness.last, 1));
  return from === undefined || to === undefined || from >= to ? undefined : { from, to };
}

/** Parts of a span for a chart: the first characters of their instants are their names. */
export interface Calendar {
  unit: 'hour' | 'day' | 'month';
  /** In order and without gaps: `2026-11-22T15`, `2026-11-22` or `2026-11`. */
  parts: string[];
}

/** Hours where the span is short, then days, then months: never more than about a hundred, but 1,200 months. */
export function calendarOf({ from, to }: { from: Instant; to: Instant }): Calendar {
  const last = addSeconds(to, -1);
  const seconds = secondsBetween(from, to);
  if (seconds <= mostHours * hour)
    return { unit: 'hour', parts: steps(from, last, hour, 'YYYY-MM-DDTHH'.length) };
  if (seconds <= mostDays * day) return { unit: 'day', parts: steps(from, last, day, 'YYYY-MM-DD'.length) };
  return { unit: 'month', parts: months(from.slice(0, 7), last.slice(0, 7)) };
}

function steps(from: Instant, last: Instant, seconds: number, length: number): string[] {
  const first = Math.floor(millisecondsOf(from) / 1000 / seconds) * seconds;
  const count = Math.floor(millisecondsOf(last) / 1000 / seconds) - first / seconds + 1;
  return Array.from({ length: count }, (_, index) =>
    instantOf(new Date((first + index * seconds) * 1000)).slice(0, length),
  );
}

function months(from: string, to: string): string[] {
  const all: string[] = [];
  let [year = 0, month = 1] = from.split('-').map(Number);
  for (let name = from; name <= to && all.length < 1_200; ) {
    all.push(name);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
    name = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
  }
  return all;
}
