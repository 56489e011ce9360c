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
  return lastDay.text + minutesOfDay[Math.floor(inDay / 60)] + secondsOfMinute[inDay % 60];
}

const twoDigitsOf = (number: number): string => String(number).padStart(2, '0');

/** `10:00:` */
const minutesOfDay = Array.from(
  { length: 24 * 60 },
  (_, minute) => `${twoDigitsOf(Math.floor(minute / 60))}:${twoDigitsOf(minute % 60)}:`,
);

/** `00Z` */
const secondsOfMinute = Array.from({ length: 60 }, (_, second) => `${twoDigitsOf(second)}Z`);

/** The instant of an event's time; undefined where it is none. */
export function instantOfText(value: unknown): Instant | undefined {
  const seconds = secondsOf(value);
  if (seconds === undefined) return undefined;
  // Most are written as an instant already.
  return typeof value === 'string' && value.length === 20 && value[10] === 'T' ? value : instantAt(seconds);
}

/** `2026-11-22T10:00:00Z`, as CloudTrail has it. Some exports have a blank for the `T`, a fraction, or no `Z`: UTC all the same. */
const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|\+00:?00)?$/;

const lastSecond = 2 ** 32 - 1;

/** Seconds of an event's time; undefined where it is none. A fraction is cut off. */
export function secondsOf(value: unknown): Seconds | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  if (!match || !setDay(match[1] as string)) return undefined;
  return secondsInDay(Number(match[2]), Number(match[3]), Number(match[4]));
}

/** Length of a time as CloudTrail writes it. */
export const timeLength = 20;

/** The same for such a time in bytes, from `start` on. */
export function secondsAt(bytes: Buffer, start: number): Seconds | undefined {
  const isUsual =
    isTextIn(bytes, start, start + 10, day.text) &&
    bytes[start + 10] === letterT &&
    bytes[start + 13] === colon &&
    bytes[start + 16] === colon &&
    bytes[start + 19] === letterZ;
  if (!isUsual) return secondsOf(bytes.toString('latin1', start, start + timeLength));
  return secondsInDay(
    twoDigits(bytes, start + 11),
    twoDigits(bytes, start + 14),
    twoDigits(bytes, start + 17),
  );
}

/** The day of the last event, `2026-11-22`: most events are of the same one as those before. */
let day = { text: '', seconds: 0 };

/** Makes it this day. Answers false where there is no such day. */
function setDay(text: string): boolean {
  if (text === day.text) return true;
  const seconds = Date.parse(`${text}T00:00:00Z`) / 1000;
  // The way back refuses days that do not exist, such as 30 February.
  if (!(seconds >= 0 && seconds <= lastSecond) || !instantAt(seconds).startsWith(text)) return false;
  day = { text, seconds };
  return true;
}

function secondsInDay(hours: number, minutes: number, seconds: number): Seconds | undefined {
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return undefined;
  const sum = day.seconds + hours * 3600 + minutes * 60 + seconds;
  return sum <= lastSecond ? sum : undefined;
}

/** A number from 0 to 99, or NaN. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [(bytes[at] as number) - zero, (bytes[at + 1] as number) - zero];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const zero = 0x30;
const colon = 0x3a;
const letterT = 0x54;
const letterZ = 0x5a;
