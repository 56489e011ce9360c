import { type Instant, millisecondsOf } from '#domain/instant.ts';
import { type FilesOfPlace, filesByPlace } from '../reader/logPlaces.ts';
import type { LogFile } from '../reader/trail.ts';

/** Hours in which an account and region left records, by the first and last record of each of its files. */
export interface Coverage {
  account: string;
  region: string;
  files: number;
  records: number;
  first: Instant;
  last: Instant;
  /** Whole hours since the epoch, from and until (exclusive), in order and apart from each other. */
  runs: Run[];
}

export interface Run {
  from: number;
  until: number;
}

/** By account and region, as the path of a file has them; files of which it says nothing are counted together. */
export function coverageOf(files: readonly LogFile[]): Coverage[] {
  return filesByPlace(files)
    .flatMap((same) => coverageOfPlace(same) ?? [])
    .sort((one, other) => (one.account + one.region < other.account + other.region ? -1 : 1));
}

function coverageOfPlace({ place, files }: FilesOfPlace): Coverage | undefined {
  const runs = files
    .flatMap(({ first, last }) =>
      first !== undefined && last !== undefined ? { from: hourOf(first), until: hourOf(last) + 1 } : [],
    )
    .sort((one, other) => one.from - other.from);
  const firsts = files.flatMap(({ first }) => first ?? []);
  const lasts = files.flatMap(({ last }) => last ?? []);
  const [first, last] = [least(firsts), greatest(lasts)];
  if (first === undefined || last === undefined) return undefined;
  return {
    ...(place ?? { account: 'other files', region: '' }),
    files: files.length,
    records: files.reduce((sum, { records }) => sum + records, 0),
    first,
    last,
    runs: joined(runs),
  };
}

/** Hours of a span that the runs cover. */
export const hoursWithin = (runs: readonly Run[], span: Run): number =>
  clipped(runs, span).reduce((sum, { from, until }) => sum + until - from, 0);

export const clipped = (runs: readonly Run[], span: Run): Run[] =>
  runs
    .map(({ from, until }) => ({ from: Math.max(from, span.from), until: Math.min(until, span.until) }))
    .filter(({ from, until }) => from < until);

export const hourOf = (instant: Instant): number => Math.floor(millisecondsOf(instant) / 3_600_000);

/** Runs that touch become one. */
export function joined(runs: readonly Run[]): Run[] {
  const all: Run[] = [];
  for (const run of runs) {
    const last = all.at(-1);
    if (last && run.from <= last.until) last.until = Math.max(last.until, run.until);
    else all.push({ ...run });
  }
  return all;
}

// Not spread into Math.min or `earliest`: there may be a million files.
const least = (instants: readonly Instant[]): Instant | undefined =>
  instants.reduce<Instant | undefined>((so, at) => (so === undefined || at < so ? at : so), undefined);
const greatest = (instants: readonly Instant[]): Instant | undefined =>
  instants.reduce<Instant | undefined>((so, at) => (so === undefined || at > so ? at : so), undefined);
