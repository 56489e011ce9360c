import { attesters, type EventName, type HistoryEntry, hashOf } from '#domain/history.ts';
import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import type { Issuance } from '../sessions/issuance.ts';
import { hashesOf } from './entryHash.ts';
import type { Evidence } from './evidence.ts';
import type { ChainEntry } from './grant.ts';
import { type Lateness, writingTimesOf } from './writingTimes.ts';

/** The entry as it may have been written, as far as CloudTrail shows it. */
interface Guess {
  hashAt(at: Instant): string;
  /** The session that it speaks of. */
  session?: Issuance;
  breakGlass?: boolean;
}

/** What beside its own tags the logs and the catalogue tell of an entry. */
export interface Surroundings extends Lateness {
  /** Seconds; of the entitlement, in the catalogue that is named. */
  expiresAfter?: number | undefined;
  /** Sessions that it may speak of, and which of the grant's it is. */
  sessions?: readonly Issuance[];
  sequence?: number | undefined;
}

export interface Content extends Pick<ChainEntry, 'content' | 'writtenAt'> {
  /** What the hash proves beside the tags. */
  session?: Issuance | undefined;
  breakGlass?: boolean | undefined;
}

/**
 * Computes an entry's hash again. A hash that is met proves every field of the entry, so also which session was issued, and that
 * it was break-glass. One that is not met `differs`, unless there may be words that only the table has, or something that it
 * covers is not known, or it was put on record late.
 */
export function contentOf(evidence: Evidence, surroundings: Surroundings): Content {
  const guesses = guessesAt(evidence, surroundings);
  const { times, certain } = writingTimesOf(evidence, surroundings);
  const met = meeting(evidence.hash, guesses, times);
  if (met) {
    const { session, breakGlass } = met.guess;
    return { content: 'recomputed', writtenAt: met.at, session, breakGlass };
  }
  const excused = mayHaveWords.has(evidence.event) || !certain;
  const differs = excused ? isOfAnotherEvent(evidence) : guesses.length > 0;
  return { content: differs ? 'differs' : 'unknowable' };
}

/** A comment, a reason or a verdict, by people or by the service. */
const mayHaveWords = new Set<EventName>(['approved', 'denied', 'revoked', 'failed', 'reviewed']);

function guessesAt(evidence: Evidence, surroundings: Surroundings): Guess[] {
  switch (evidence.event) {
    case 'requested':
      return requestedAs(evidence, surroundings);
    case 'issued':
      return issuedAs(evidence, surroundings);
    case 'approved':
      return approvedAs(evidence, surroundings);
    default:
      return wordless(evidence);
  }
}

/** An entry with the same detail whenever it was written. */
const told = ({ requestId, event, by, previous }: Evidence, detail: HistoryEntry['detail']): Guess => ({
  hashAt: hashesOf(requestId, { event, by, ...(detail && { detail }), previous }),
});

/** Without the words that a `denied` may have and others must have. */
function wordless(evidence: Evidence): Guess[] {
  if (evidence.event === 'denied') return [told(evidence, {})];
  return mayHaveWords.has(evidence.event) ? [] : [told(evidence, undefined)];
}

/** Evidence of before the tag `cs:breakGlass` can be of either kind. */
function requestedAs(evidence: Evidence, { expiresAfter }: Surroundings): Guess[] {
  if (expiresAfter === undefined) return [];
  const { requestId, event, by, previous, catalogue } = evidence;
  const kinds = evidence.breakGlass ? [true] : [false, true];
  return kinds.map((breakGlass) => ({
    breakGlass,
    hashAt(at) {
      const detail = {
        catalogue,
        expiresAt: addSeconds(at, expiresAfter),
        ...(breakGlass && { breakGlass: 'yes' }),
        ...windowOf(evidence),
      };
      return hashOf(requestId, { event, at, by, detail, previous });
    },
  }));
}

/** An approver who shortened the grant may be the one whose duration counts. */
function approvedAs(evidence: Evidence, { window }: Surroundings): Guess[] {
  const own = windowOf(evidence);
  const durationSeconds = window && secondsBetween(window.startsAt, window.endsAt);
  const details = [own, ...(durationSeconds === undefined ? [] : [{ durationSeconds, ...own }])];
  return details.map((detail) => told(evidence, detail));
}

function issuedAs(evidence: Evidence, { sessions = [], sequence }: Surroundings): Guess[] {
  const window = windowOf(evidence);
  return sessions.flatMap((session): Guess[] => {
    const { accessKeyId, expiresAt: stsExpiresAt } = session;
    if (sequence === undefined || accessKeyId === undefined || stsExpiresAt === undefined) return [];
    return [{ session, ...told(evidence, { sequence, accessKeyId, ...window, stsExpiresAt }) }];
  });
}

const windowOf = ({ start, end }: Evidence): Record<string, string> =>
  start === undefined || end === undefined ? {} : { start, end };

/** Whether the hash is that of another event of the same function, without words: then they are not what keeps it from being met. */
function isOfAnotherEvent(evidence: Evidence): boolean {
  // Of the events that may have words, only an approval speaks of a window.
  if (evidence.start !== undefined) return false;
  const others: readonly EventName[] = evidence.attester ? attesters[evidence.attester] : [];
  return others.some((event) => {
    if (event === evidence.event) return false;
    const other = { ...evidence, event };
    const guesses = event === 'approved' ? approvedAs(other, {}) : wordless(other);
    return meeting(evidence.hash, guesses, writingTimesOf(other, {}).times) !== undefined;
  });
}

function meeting(
  hash: string,
  guesses: readonly Guess[],
  times: Iterable<Instant>,
): { guess: Guess; at: Instant } | undefined {
  if (guesses.length === 0) return undefined;
  for (const at of times) {
    const guess = guesses.find(({ hashAt }) => hashAt(at) === hash);
    if (guess) return { guess, at };
  }
  return undefined;
}
