import { addSeconds, earliest, type Instant, latest } from '#domain/instant.ts';
import type { Span } from '../integrity/span.ts';
import type { LogFile, Trail } from '../reader/trail.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { Material } from './finding.ts';

/** CloudTrail delivers within minutes, and does not promise it: what is younger may still come. */
export const deliverySeconds = 900;

/** Digests come every hour, also where nothing happened. */
export const digestSeconds = 3_600;

/** Account and region of a log file by its name or by the folders it lies in; undefined where neither says. */
export function placeOf(path: string): { account: string; region: string } | undefined {
  const [, account, region] =
    /^(\d{12})_CloudTrail_([a-z0-9-]+)_/.exec(path.slice(path.lastIndexOf('/') + 1)) ??
    /(?:^|\/)(\d{12})\/CloudTrail\/([a-z0-9-]+)\//.exec(path) ??
    [];
  return account !== undefined && region !== undefined ? { account, region } : undefined;
}

/** Accounts whose own trail is among the files: by their places, and by what the records say of themselves. */
export const accountsIn = ({ files, kept, sessions }: Trail): Set<string> =>
  new Set(
    [
      ...files.filter(({ records }) => records > 0).map(({ path }) => placeOf(path)?.account),
      ...new Set(kept.map(({ account }) => account)),
      ...new Set(sessions.map(({ identity }) => identity.account)),
    ].filter((account) => account !== undefined),
  );

/** Whether IAM's events of an account would be among the files: they are those of us-east-1, wherever somebody is. */
export const showsIamOf = (account: string, { files, kept }: Trail): boolean =>
  files.some(({ path, records }) => records > 0 && isIn(path, account, 'us-east-1')) ||
  kept.some((event) => event.account === account && event.region === 'us-east-1');

const isIn = (path: string, account: string, region: string): boolean => {
  const place = placeOf(path);
  return place?.account === account && place.region === region;
};

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
  for (const { path, last } of files) {
    const account = last === undefined ? undefined : placeOf(path)?.account;
    if (account === undefined || last === undefined) continue;
    if (last > (byAccount.get(account) ?? '')) byAccount.set(account, last);
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
