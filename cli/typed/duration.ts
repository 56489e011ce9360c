import { formatDuration, parseDuration } from '#domain/duration.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

const seconds = { d: 86_400, h: 3_600, m: 60 } as const;

/**
 * `1h`, `90m`, `1h30m`, `2d` or ISO 8601, as ISO 8601. Throws a `CommandError` for anything else, and for less than a minute, which is the
 * least that access is given for.
 */
export function durationOf(text: string): string {
  const word = text.trim();
  const total = parseDuration(word.toUpperCase()) ?? shortDuration(word.toLowerCase());
  if (total === undefined)
    throw new CommandError(`"${visibleLine(text)}" is no duration. Write it like 45m, 1h30m, 2d or PT1H30M.`);
  if (total < seconds.m)
    throw new CommandError('Access is given for at least a minute. Write --for 1m or more.');
  return formatDuration(total);
}

function shortDuration(word: string): number | undefined {
  const [, ...parts] = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?$/.exec(word) ?? [];
  if (parts.every((part) => part === undefined)) return undefined;
  const [days = 0, hours = 0, minutes = 0] = parts.map((part) => Number(part ?? 0));
  return days * seconds.d + hours * seconds.h + minutes * seconds.m;
}
