import * as z from 'zod';

const pattern = /^P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;
const unitSeconds = [604_800, 86_400, 3_600, 60, 1];

/**
 * Seconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds, or undefined when the text is not
 * one. Years and months are refused: their length depends on the date. So are fractions and empty durations.
 */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (!match || match.slice(1).every((part) => part === undefined)) return undefined;
  return unitSeconds.reduce((sum, seconds, index) => sum + seconds * Number(match[index + 1] ?? 0), 0);
}

/** The shortest ISO 8601 text for a whole number of seconds: 5400 → `PT1H30M`. */
export function formatDuration(seconds: number): string {
  const [days, hours, minutes, rest] = split(seconds);
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, rest && `${rest}S`].filter(Boolean).join('');
  const text = `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
  return text === 'P' ? 'PT0S' : text;
}

/** The same for people: 5400 → `1 hour 30 minutes`. */
export function describeDuration(seconds: number): string {
  const units = ['day', 'hour', 'minute', 'second'];
  const words = split(seconds).flatMap((count, index) =>
    count ? [`${count} ${units[index]}${count === 1 ? '' : 's'}`] : [],
  );
  return words.join(' ') || '0 seconds';
}

function split(seconds: number): [days: number, hours: number, minutes: number, seconds: number] {
  return [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3_600),
    Math.floor((seconds % 3_600) / 60),
    seconds % 60,
  ];
}

const noDuration = 'must be an ISO 8601 duration such as PT30M, PT8H or P2D';

/** An ISO 8601 duration text, parsed to whole seconds. */
export const durationSchema = z
  .string(noDuration)
  .max(40, noDuration)
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== undefined) return seconds;
    context.addIssue({ code: 'custom', message: noDuration });
    return z.NEVER;
  });
