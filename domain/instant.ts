import * as z from 'zod';

const pattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** A UTC instant in RFC 3339 with whole seconds, `2026-11-22T10:00:00Z`: sorts and compares as text. */
export type Instant = string;

/** The instant of a `Date`, its fraction of a second cut off. */
export const instantOf = (date: Date): Instant => `${date.toISOString().slice(0, 19)}Z`;

/** Milliseconds since the epoch. */
export const millisecondsOf = (instant: Instant): number => Date.parse(instant);

export const addSeconds = (instant: Instant, seconds: number): Instant =>
  instantOf(new Date(millisecondsOf(instant) + seconds * 1000));

/** Whole seconds from one instant to another; negative when `to` is earlier. */
export const secondsBetween = (from: Instant, to: Instant): number =>
  (millisecondsOf(to) - millisecondsOf(from)) / 1000;

export const earliest = (first: Instant, ...rest: Instant[]): Instant =>
  rest.reduce((least, instant) => (instant < least ? instant : least), first);

export const latest = (first: Instant, ...rest: Instant[]): Instant =>
  rest.reduce((greatest, instant) => (instant > greatest ? instant : greatest), first);

const noInstant = 'must be a UTC time such as 2026-11-22T10:00:00Z';

export const instantSchema = z.string(noInstant).refine(isInstant, noInstant);

function isInstant(text: string): boolean {
  // The round trip refuses dates that do not exist, such as 30 February.
  return pattern.test(text) && instantOf(new Date(text)) === text;
}
