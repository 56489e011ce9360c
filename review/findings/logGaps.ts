import { secondsBetween } from '#domain/instant.ts';
import { gapsBetween, type Span } from '../integrity/span.ts';
import type { LogFile, Trail } from '../reader/trail.ts';
import { endsWithout, type Gap, placeOf, showsIamOf, wholeOf } from './coverage.ts';
import type { Material } from './finding.ts';

/** Nobody works at night, and in some accounts for days: silence counts from a day on, and from so many times the longest one before. */
const quietSeconds = 86_400;
const quietTimes = 3;

/**
 * What log files without digests leave out: at either end of the period a day or more in which an account is silent as it never was
 * before; or, for a day or more, all that IAM records of it. Only of accounts that are among the logs.
 */
export function gapsOfLogs(material: Pick<Material, 'trail' | 'period'>, accounts: readonly string[]): Gap[] {
  const { trail } = material;
  const frame = frameOf(material);
  if (!frame) return [];
  const whole = secondsIn(frame) > quietSeconds ? [frame] : [];
  return accounts.flatMap((account) => {
    const spans = spansOfAccount(account, trail);
    const covered = wholeOf(spans);
    if (!covered) return [];
    const silent = endsWithout(covered, frame, patienceWith(spans, frame));
    const withoutIam = showsIamOf(account, trail) ? [] : whole;
    return [
      ...silent.map((gap) => ({ place: account, ...gap })),
      ...withoutIam.map((gap) => ({ place: `${account} us-east-1`, ...gap })),
    ];
  });
}

/** The same of all accounts together, where none is known to matter more than others. */
export function gapsOfAll(material: Pick<Material, 'trail' | 'period'>): Gap[] {
  const covered = frameOf({ ...material, period: {} });
  const frame = frameOf(material);
  if (!covered || !frame) return [];
  return endsWithout(covered, frame, quietSeconds).map((gap) => ({ place: 'any account', ...gap }));
}

/** The period; where it is open, as far as the logs go. */
function frameOf({ trail, period }: Pick<Material, 'trail' | 'period'>): Span | undefined {
  const { first, last } = trail.completeness;
  return first === undefined || last === undefined
    ? undefined
    : { from: period.from ?? first, to: period.to ?? last };
}

/** By the silences within the frame: one record of another year would make any look usual. */
const patienceWith = (spans: readonly Span[], frame: Span): number =>
  gapsBetween(spans)
    .filter(({ from, to }) => from >= frame.from && to <= frame.to)
    .reduce((most, gap) => Math.max(most, quietTimes * secondsIn(gap)), quietSeconds);

const secondsIn = ({ from, to }: Span): number => secondsBetween(from, to);

/** When something happened in an account: by its files, else by the records that say whose they are. */
function spansOfAccount(account: string, { files, kept, sessions }: Trail): Span[] {
  const ofFiles = files.filter(({ path }) => placeOf(path)?.account === account);
  const ofRecords = (): Pick<LogFile, 'first' | 'last'>[] => [
    ...kept.filter((event) => event.account === account).map(({ at }) => ({ first: at, last: at })),
    ...sessions.filter(({ identity }) => identity.account === account),
  ];
  const all = ofFiles.length > 0 ? ofFiles : ofRecords();
  return all.flatMap(({ first, last }) =>
    first === undefined || last === undefined ? [] : [{ from: first, to: last }],
  );
}
