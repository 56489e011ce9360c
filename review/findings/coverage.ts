import { addSeconds, earliest, type Instant, latest } from '#domain/instant.ts';
import type { Span } from '../integrity/span.ts';
import { filesByPlace, type LogPlace } from '../reader/logPlaces.ts';
import type { LogFile, Trail } from '../reader/trail.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { Material } from './finding.ts';

/** CloudTrail delivers within minutes, and does not promise it: what is younger may still come. */
export const deliverySeconds = 900;

/** Digests come every hour, also where nothing happened. */
export const digestSeconds = 3_600;

/** Accounts whose own trail is among the files: by their places, and by what the records say of themselves. */
export const accountsIn = ({ files, kept, sessions }: Trail): Set<string> =>
  new Set(
    [
      ...filesByPlace(files)
        .filter((same) => haveRecords(same.files))
        .map(({ place }) => place?.account),
      ...new Set(kept.map(({ account }) => account)),
      ...new Set(sessions.map(({ identity }) => identity.account)),
    ].filter((account) => account !== undefined),
  );

/** Whether IAM's events of an account would be among the files: they are those of us-east-1, wherever somebody is. */
export const showsIamOf = (account: string, trail: Trail): boolean =>
  hasRecordsOf({ account, region: 'us-east-1' }, trail);

/** Whether any record of an account and region is among the files: by their places, and by what the records say of themselves. */
export const hasRecordsOf = ({ account, region }: LogPlace, { files, kept }: Trail): boolean =>
  filesByPlace(files).some(
    (same) => same.place?.account === account && same.place.region === region && haveRecords(same.files),
  ) || kept.some((event) => event.account === account && event.region === region);

const haveRecords = (files: readonly LogFile[]): boolean => files.some(({ records }) => records > 0);

/** Up to when it can be said that something did not happen: the logs' last event or the period's end. */
export function horizonOf({ trail, period }: Pick<Material, 'trail' | 'period'>): Instant | undefined {
  const { last } = trail.completeness;
  return last !== undefined && period.to !== undefined ? earliest(last, period.to) : last;
}

/** Up to when the logs of an account are surely whole: some minutes before its last event. */
export function deliveredUntil(account: string, { files, completeness }: Trail): Instant | undefined {
  const last = lastByAccount(files).get(account) ?? completeness.last;
  return last === undefined ? undefined : addSeconds(last, -deliverySeconds);
}

/** The last event of each account. Remembered: rules ask for each session, and there can be as many files as sessions. */
const lastByAccount = rememberedOf((files: readonly LogFile[]): ReadonlyMap<string, Instant> => {
  const byAccount = new Map<string, Instant>();
  for (const { place, files: same } of filesByPlace(files)) {
    const last = same.reduce<Instant>(
      (latest, file) => ((file.last ?? '') > latest ? (file.last ?? '') : latest),
      '',
    );
    if (place && last > (byAccount.get(place.account) ?? '')) byAccount.set(place.account, last);
  }
  return byAccount;
});

/** A time that logs or digests of an account, or of a region of it, leave out. */
export interface Gap extends Span {
  /** `111122223333`, `111122223333 us-east-1` */
  place: string;
}

/** What is missing of a frame before and after a span, where it is longer than can be put up with: seconds. */
export const endsWithout = (covered: Span, frame: Span, patience: number): Span[] =>
  [
    { from: frame.from, to: earliest(covered.from, frame.to) },
    { from: latest(covered.to, frame.from), to: frame.to },
  ].filter(({ from, to }) => addSeconds(from, patience) < to);

/** From the beginning of the first to the end of the last; undefined where there is none. */
export const wholeOf = (spans: readonly Span[]): Span | undefined =>
  spans.reduce<Span | undefined>(
    (whole, { from, to }) =>
      whole ? { from: earliest(whole.from, from), to: latest(whole.to, to) } : { from, to },
    undefined,
  );
