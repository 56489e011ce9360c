import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

/**
 * `14:00` (the next one, today or tomorrow), `2026-11-22T14:00` or `2026-11-22 14:00`, all of them where the reader is, or a whole RFC 3339 time: in UTC
 * with whole seconds. Throws a `CommandError` for anything else.
 */
export function timeOf(text: string, now: Date): string {
  const word = text.trim().toUpperCase();
  const time = clockTimeOf(word, now) ?? localTimeOf(word) ?? zonedTimeOf(word);
  if (!time)
    throw new CommandError(
      `"${visibleLine(text)}" is no time. Write it like 14:00, 2026-11-22T14:00 or 2026-11-22T14:00:00Z: when it is, not how long until then.`,
    );
  return `${time.toISOString().slice(0, 19)}Z`;
}

function clockTimeOf(word: string, now: Date): Date | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(word) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const on = (daysAhead: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysAhead, Number(hours), Number(minutes));
  return on(0) > now ? on(0) : on(1);
}

const localPattern = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/;

function localTimeOf(word: string): Date | undefined {
  const match = localPattern.exec(word);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const time = new Date(year, month - 1, day, hour, minute, second);
  // 30 February and 24:30 are taken for another day. An hour that the clock leaps over is read as the one after it.
  const isReal = time.getDate() === day && time.getMonth() === month - 1 && minute < 60 && second < 60;
  return isReal && hour < 24 ? time : undefined;
}

function zonedTimeOf(word: string): Date | undefined {
  const [, local, zone] = /^(.+?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(word) ?? [];
  if (local === undefined || zone === undefined || !localTimeOf(local)) return undefined;
  const time = new Date(`${local.replace(' ', 'T')}${zone}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
