import { secondsBetween } from '#domain/instant.ts';
import { gapsBetween, type Span } from '../integrity/span.ts';
import { filesByPlace } from '../reader/logPlaces.ts';
import type { LogFile, Trail } from '../reader/trail.ts';
import { endsWithout, type Gap, showsIamOf, wholeOf } from './coverage.ts';
import type { Material } from './finding.ts';

/** Nobody works at night, and in some accounts for days: silence counts from a day on, and from so many times the longest usual one. */
const quietSeconds = 86_400;
const quietTimes = 3;
/** In the middle, from more than a long weekend on, and in an account that shows on how many days something happens. */
const holidaySeconds = 4 * 86_400;
const workedDays = 7;

/**
 * What log files without digests leave out: at either end of the period a day or more in which an account is silent as it never was
 * before, and more than four such days in the middle; or, for a day or more, all that IAM records of it. Only of accounts that are among the logs.
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
    const { sudden, usual } = silencesIn(spans, frame);
    const patience = Math.max(quietSeconds, quietTimes * secondsIn(usual));
    const silent = endsWithout(covered, frame, patience);
    const withoutIam = showsIamOf(account, trail) ? [] : whole;
    return [
      ...[...silent, ...sudden].map((gap) => ({ place: account, ...gap })),
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

/**
 * The silences within the frame: those that are much longer than all others, and the longest of the others. One record of another year
 * would make any look usual.
 */
function silencesIn(spans: readonly Span[], frame: Span): { sudden: Span[]; usual: Span } {
  const silences = gapsBetween(spans)
    .filter(({ from, to }) => from >= frame.from && to <= frame.to)
    .sort((one, other) => secondsIn(other) - secondsIn(one));
  const none = { from: frame.from, to: frame.from };
  const isUsual = (silence: Span, at: number): boolean =>
    secondsIn(silence) <= Math.max(holidaySeconds, quietTimes * secondsIn(silences[at + 1] ?? none));
  const first = daysOf(spans) < workedDays ? 0 : Math.max(0, silences.findIndex(isUsual));
  return { sudden: silences.slice(0, first), usual: silences[first] ?? none };
}

const daysOf = (spans: readonly Span[]): number => new Set(spans.map(({ from }) => from.slice(0, 10))).size;

const secondsIn = ({ from, to }: Span): number => secondsBetween(from, to);

/** When something happened in an account: by its files, else by the records that say whose they are. */
function spansOfAccount(account: string, { files, kept, sessions }: Trail): Span[] {
  const ofFiles = filesByPlace(files).flatMap(({ place, files: same }) =>
    place?.account === account ? same : [],
  );
  const ofRecords = (): Pick<LogFile, 'first' | 'last'>[] => [
    ...kept.filter((event) => event.account === account).map(({ at }) => ({ first: at, last: at })),
    ...sessions.filter(({ identity }) => identity.account === account),
  ];
  const all = ofFiles.length > 0 ? ofFiles : ofRecords();
  return all.flatMap(({ first, last }) =>
    first === undefined || last === undefined ? [] : [{ from: first, to: last }],
  );
}
