import { describeDuration, durationSchema } from '#domain/duration.ts';
import type { Instant } from '#domain/instant.ts';
import { element } from './element.ts';

/** A time where the reader is, and in UTC as mails and records have it: `22 November 2026, 11:00 CET (10:00 UTC)`. */
export function timeOf(instant: Instant): HTMLTimeElement {
  const date = new Date(instant);
  const [hereDay, here] = [day(undefined).format(date), time(undefined).format(date)];
  const [thereDay, there] = [day('UTC').format(date), time('UTC').format(date)];
  const shown =
    here === there
      ? `${hereDay}, ${here}`
      : `${hereDay}, ${here} (${hereDay === thereDay ? '' : `${thereDay}, `}${there})`;
  return element('time', { datetime: instant }, shown);
}

/** A duration as the API has it, in words: `1 hour 30 minutes`. */
export const durationOf = (iso: string): string => describeDuration(durationSchema.parse(iso));

const day = (timeZone: string | undefined): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone });

const time = (timeZone: string | undefined): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone });
