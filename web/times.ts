import type { Instant } from '#domain/instant.ts';
import { element } from './element.ts';

const local = format(undefined);
const utc = format('UTC');

/** A time where the reader is, and in UTC as mails and records have it. */
export function timeOf(instant: Instant): HTMLTimeElement {
  const date = new Date(instant);
  const here = local.format(date);
  const there = utc.format(date);
  return element('time', { datetime: instant }, here === there ? there : `${here} (${there})`);
}

function format(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
}
