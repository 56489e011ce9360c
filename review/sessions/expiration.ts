import type { Instant } from '#domain/instant.ts';
import { instantAt, secondsOf } from '../reader/eventTime.ts';

/** `Nov 22, 2026 3:51:45 PM`: UTC. Since about 2024 with a comma after the year, and from newer Javas with a narrow blank. */
const written =
  /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d)\s([AP])M$/;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** When credentials expire, from `expiration` in either of its shapes; undefined where it is neither. */
export function expirationOf(value: unknown): Instant | undefined {
  const seconds = secondsOf(typeof value === 'string' ? (isoOf(value) ?? value) : undefined);
  return seconds === undefined ? undefined : instantAt(seconds);
}

function isoOf(text: string): string | undefined {
  const [, month, day, year, hour, minute, second, half] = written.exec(text) ?? [];
  if (month === undefined || day === undefined) return undefined;
  const twoDigits = (number: number | string): string => String(number).padStart(2, '0');
  const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  return `${year}-${twoDigits(months.indexOf(month) + 1)}-${twoDigits(day)}T${twoDigits(hours)}:${minute}:${second}Z`;
}
