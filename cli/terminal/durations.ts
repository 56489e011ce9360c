import { describeDuration, formatDuration, parseDuration } from '#domain/duration.ts';

/** `PT1H30M` → `1 hour 30 minutes`; a text that is none stays as it is. */
export function durationWords(iso: string): string {
  const seconds = parseDuration(iso);
  return seconds === undefined ? iso : describeDuration(seconds);
}

/** `PT1H30M` → `1h30m`, as it is typed. */
export function shortDuration(iso: string): string {
  const seconds = parseDuration(iso);
  return seconds === undefined ? iso : formatDuration(seconds).replaceAll(/[PT]/g, '').toLowerCase();
}

/** How long it is to a moment: to the minute where that says enough, and never negative. */
export function timeLeft(until: string, now = new Date()): string {
  const seconds = Math.max(0, Math.round((Date.parse(until) - now.getTime()) / 1_000));
  return describeDuration(seconds < 120 ? seconds : Math.round(seconds / 60) * 60);
}
