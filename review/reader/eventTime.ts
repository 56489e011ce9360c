import { type Instant, instantOf } from '#domain/instant.ts';
import { isTextIn } from './jsonBytes.ts';

/** Seconds since 1970, UTC. Whole, and from 1970 to 2106: they stand in 32 bits. */
export type Seconds = number;

const daySeconds = 86_400;

/** The day of the last instant, `2026-11-22T`: there are far more instants than days. */
let lastDay = { number: -1, text: '' };

export function instantAt(seconds: Seconds): Instant {
  const number = Math.floor(seconds / daySeconds);
  if (number !== lastDay.number)
    lastDay = { number, text: instantOf(new Date(number * daySeconds * 1000)).slice(0, 11) };
  const inDay = seconds - number * daySeconds;
  return `${lastDay.text}${pairs[Math.floor(inDay / 3600)]}:${pairs[Math.floor(inDay / 60) % 60]}:${pairs[inDay % 60]}Z`;
}

const pairs = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The instant of an event's time; undefined where it is none. */
export function instantOfText(value: unknown): Instant | undefined {
  const seconds = secondsOf(value);
  if (seconds === undefined) return undefined;
  // Most are written as an instant already.
  return typeof value === 'string' && value.length === 20 && value[10] === 'T' ? value : instantAt(seconds);
}

/** `2026-11-22T10:00:00Z`, as CloudTrail has it. Some exports have a blank for the `T`, a fraction, or no `Z`: UTC all the same. */
const pattern = /^(\d{4}-\d\d-\d\d)[T ]([0-2]\d:[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(?:Z|\+00:?00)?$/;

const lastSecond = 2 ** 32 - 1;

/** The hour of the last event, `2026-11-22T10:`: most events are of the same one as those before. */
let hour = { text: 'no hour so far', seconds: 0 };

/** Seconds of an event's time; undefined where it is none. A fraction is cut off. */
export function secondsOf(value: unknown): Seconds | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length === timeLength && value.startsWith(hour.text)) {
    const seconds = secondsInHour(
      value.charCodeAt(14),
      value.charCodeAt(15),
      value.charCodeAt(17),
      value.charCodeAt(18),
    );
    if (seconds !== undefined && value[16] === ':' && value[19] === 'Z') return seconds;
  }
  const seconds = parse(value);
  if (seconds !== undefined) hour = { text: value.slice(0, 14), seconds: seconds - (seconds % 3600) };
  return seconds;
}

/** Length of a time as CloudTrail writes it. */
export const timeLength = 20;

/** The same for such a time in bytes, from `start` on. */
export function secondsAt(bytes: Buffer, start: number): Seconds | undefined {
  const isOfHour = isTextIn(bytes, start, start + 14, hour.text) && bytes[start + 16] === colon;
  if (!isOfHour || bytes[start + 19] !== letterZ)
    return secondsOf(bytes.toString('latin1', start, start + timeLength));
  return secondsInHour(
    bytes[start + 14] as number,
    bytes[start + 15] as number,
    bytes[start + 17] as number,
    bytes[start + 18] as number,
  );
}

/** From the four digits of minute and second, as ASCII. */
function secondsInHour(
  minuteTens: number,
  minute: number,
  secondTens: number,
  second: number,
): Seconds | undefined {
  const [minutes, seconds] = [twoDigits(minuteTens, minute), twoDigits(secondTens, second)];
  return minutes < 60 && seconds < 60 ? hour.seconds + minutes * 60 + seconds : undefined;
}

/** A number from 0 to 99, or NaN. */
function twoDigits(tens: number, ones: number): number {
  return tens >= 0x30 && tens <= 0x39 && ones >= 0x30 && ones <= 0x39
    ? (tens - 0x30) * 10 + ones - 0x30
    : Number.NaN;
}

const colon = 0x3a;
const letterZ = 0x5a;

function parse(text: string): Seconds | undefined {
  const [, day, time] = pattern.exec(text) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const seconds = Date.parse(`${day}T${time}Z`) / 1000;
  // The way back refuses days that do not exist, such as 30 February.
  return seconds >= 0 && seconds <= lastSecond && instantAt(seconds) === `${day}T${time}Z`
    ? seconds
    : undefined;
}
