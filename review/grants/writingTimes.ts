import type { Attester } from '#domain/history.ts';
import { addSeconds, type Instant, latest, secondsBetween } from '#domain/instant.ts';
import type { Evidence } from './evidence.ts';
import type { ChainEntry, Grant } from './grant.ts';

/** When an entry can have been written. */
export interface WritingTimes {
  /** Likeliest first. */
  times: Iterable<Instant>;
  /** Whether there are no others. */
  certain: boolean;
}

/** What tells how late an entry may have been put on record. */
export interface Lateness {
  /** The links before it were written then, or later. */
  since?: Instant | undefined;
  window?: Grant['window'];
  /** Absent: those that came late are not looked for. */
  search?: LateSearch | undefined;
}

/**
 * Times that may still be tried for entries that came late, of all requests together: an entry that somebody made up fits at none, and
 * a log file can hold a hundred thousand of them.
 */
export interface LateSearch {
  left: number;
}

/** Some seconds of computing. */
export const lateSearch = (): LateSearch => ({ left: 2_000_000 });

/** An outage of STS that lasts longer leaves entries of which the time is not known. */
const longestLateness = 6 * 3_600;

/**
 * An entry is attested in the run that writes it. Two functions also catch up on what an outage held up: then it was written at any
 * time since the one before.
 */
export function writingTimesOf(evidence: Evidence, lateness: Lateness): WritingTimes {
  const { search = { left: 0 } } = lateness;
  const seconds = catchesUp(evidence.attester) ? latenessOf(evidence, lateness) : 0;
  const certain = seconds <= Math.min(longestLateness, search.left);
  return { times: timesOf(evidence, { seconds: certain ? seconds : 0, search }), certain };
}

/** When an entry was written at the earliest, as far as it tells itself. */
export function earliestTimeOf({
  evidence: { attester, at },
  writtenAt,
}: Pick<ChainEntry, 'evidence' | 'writtenAt'>): Instant | undefined {
  if (writtenAt !== undefined) return writtenAt;
  return attester && !catchesUp(attester) ? addSeconds(at, -runSeconds[attester]) : undefined;
}

/** Whether an entry of a time may have been attested then: in the run that wrote it, or later by what catches up. */
export const canBeWrittenAt = (
  { attester, at }: Pick<Evidence, 'attester' | 'at'>,
  writtenAt: Instant,
): boolean =>
  attester !== undefined &&
  writtenAt <= addSeconds(at, clockSeconds) &&
  (catchesUp(attester) || writtenAt >= addSeconds(at, -runSeconds[attester]));

/** Seconds; without end where nothing tells. A window is not ended before its end. */
function latenessOf({ event, at }: Evidence, { since, window }: Lateness): number {
  const bounds = [since, event === 'ended' ? window?.endsAt : undefined];
  const [bound, ...others] = bounds.filter((time) => time !== undefined);
  if (bound === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, secondsBetween(latest(bound, ...others), at));
}

/** A window that has begun began with the approval that completed it, so there is one time to try. */
function* timesOf(
  { event, at, start, attester }: Evidence,
  late: { seconds: number; search: LateSearch },
): Generator<Instant> {
  if (event === 'approved' && start !== undefined && secondsBetween(at, start) <= clockSeconds) {
    yield start;
    return;
  }
  const run = attester ? runSeconds[attester] : 0;
  for (let before = 0; before <= run; before += 1) yield addSeconds(at, -before);
  for (let after = 1; after <= clockSeconds; after += 1) yield addSeconds(at, after);
  // What an outage held up was mostly written soon after the entry before it.
  for (let before = run + late.seconds; before > run; before -= 1) {
    late.search.left -= 1;
    yield addSeconds(at, -before);
  }
}

const catchesUp = (attester: Attester | undefined): boolean =>
  attester === 'endGrant' || attester === 'reconcile';

/** How far the clocks of Lambda and STS may be apart. */
export const clockSeconds = 5;

/** The functions' timeouts, 29 seconds for the API and 60 for the workflow, and the clocks. */
const runSeconds: Record<Attester, number> = {
  requests: 35,
  decisions: 35,
  notifyApprovers: 65,
  issueSession: 65,
  endGrant: 65,
  reconcile: 65,
};
