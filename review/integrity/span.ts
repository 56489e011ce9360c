import { addSeconds, earliest, type Instant, latest, secondsBetween } from '#domain/instant.ts';
import type { Period } from '../findings/finding.ts';

/** From an instant up to another, which is no longer part of it. */
export interface Span {
  from: Instant;
  to: Instant;
}

/** Seconds of the frame that lie in any of the spans. */
export function secondsCovered(frame: Span, spans: readonly Span[]): number {
  let seconds = 0;
  let reached = frame.from;
  for (const { from, to } of [...spans].sort(byStart)) {
    const [start, end] = [latest(from, reached), earliest(to, frame.to)];
    if (start >= end) continue;
    seconds += secondsBetween(start, end);
    reached = end;
  }
  return seconds;
}

/** What no span covers from the first one's start to the last one's end. */
export function gapsBetween(spans: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let reached: Instant | undefined;
  for (const { from, to } of [...spans].sort(byStart)) {
    if (reached !== undefined && from > reached) gaps.push({ from: reached, to: from });
    reached = reached === undefined ? to : latest(reached, to);
  }
  return gaps;
}

/** Seconds after the period in which log files of its last calls may still be delivered, and digests name them. */
const lateness = 3600;

/** Whether log files of the period may have been delivered in a span. */
export const mayTellOf = ({ from, to }: Period, span: Span): boolean =>
  (from === undefined || span.to > from) && (to === undefined || span.from < addSeconds(to, lateness));

const byStart = (a: Span, b: Span): number => (a.from < b.from ? -1 : 1);
