import { type Attester, attesters, type EventName, type HistoryEntry, hashOf } from '#domain/history.ts';
import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import type { Issuance } from '../sessions/issuance.ts';
import type { Evidence } from './evidence.ts';
import type { ChainEntry } from './grant.ts';

type Detail = HistoryEntry['detail'];

/** What the entry may have said, as far as CloudTrail shows it. */
interface Guess {
  detail(at: Instant): Detail;
  /** The session that it speaks of. */
  session?: Issuance;
  breakGlass?: boolean;
}

/** What beside its own tags the logs and the catalogue tell of an entry. */
export interface Surroundings {
  /** Seconds; of the entitlement, in the catalogue that is named. */
  expiresAfter?: number | undefined;
  /** Seconds; of the window that was granted in the end. */
  windowSeconds?: number | undefined;
  /** Sessions that it may speak of, and which of the grant's it is. */
  sessions?: readonly Issuance[];
  sequence?: number | undefined;
  /** The link before, once it was looked at. */
  previous?: ChainEntry | undefined;
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
  const span = spanOf(evidence, surroundings.previous);
  const met = meeting(evidence, guesses, span);
  if (met) {
    const { session, breakGlass } = met.guess;
    return { content: 'recomputed', writtenAt: met.at, session, breakGlass };
  }
  const excused = mayHaveWords.has(evidence.event) || !span.certain;
  const differs = excused ? isOfAnotherEvent(evidence, span) : guesses.length > 0;
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
      return wordless(evidence.event);
  }
}

/** Without the words that a `denied` may have and others must have. */
function wordless(event: EventName): Guess[] {
  if (event === 'denied') return [{ detail: () => ({}) }];
  return mayHaveWords.has(event) ? [] : [{ detail: () => undefined }];
}

/** Evidence of before the tag `cs:breakGlass` can be of either kind. */
function requestedAs(evidence: Evidence, { expiresAfter }: Surroundings): Guess[] {
  if (expiresAfter === undefined) return [];
  const kinds = evidence.breakGlass ? [true] : [false, true];
  return kinds.map((breakGlass) => ({
    breakGlass,
    detail: (at) => ({
      catalogue: evidence.catalogue,
      expiresAt: addSeconds(at, expiresAfter),
      ...(breakGlass && { breakGlass: 'yes' }),
      ...windowOf(evidence),
    }),
  }));
}

/** An approver who shortened the grant may be the one whose duration counts. */
function approvedAs(evidence: Evidence, { windowSeconds }: Surroundings): Guess[] {
  const window = windowOf(evidence);
  const shortened = windowSeconds === undefined ? [] : [{ durationSeconds: windowSeconds, ...window }];
  return [window, ...shortened].map((detail) => ({ detail: () => detail }));
}

function issuedAs(evidence: Evidence, { sessions = [], sequence }: Surroundings): Guess[] {
  const window = windowOf(evidence);
  return sessions.flatMap((session): Guess[] => {
    const { accessKeyId, expiresAt: stsExpiresAt } = session;
    if (sequence === undefined || accessKeyId === undefined || stsExpiresAt === undefined) return [];
    return [{ session, detail: () => ({ sequence, accessKeyId, ...window, stsExpiresAt }) }];
  });
}

const windowOf = ({ start, end }: Evidence): Record<string, string> =>
  start === undefined || end === undefined ? {} : { start, end };

/** Whether the hash is that of another event of the same function, without words: then they are not what keeps it from being met. */
function isOfAnotherEvent(evidence: Evidence, span: Span): boolean {
  // Of the events that may have words, only an approval speaks of a window.
  if (evidence.start !== undefined) return false;
  const others: readonly EventName[] = evidence.attester ? attesters[evidence.attester] : [];
  return others.some((event) => {
    if (event === evidence.event) return false;
    const other = { ...evidence, event };
    return meeting(other, event === 'approved' ? approvedAs(other, {}) : wordless(event), span) !== undefined;
  });
}

function meeting(
  evidence: Evidence,
  guesses: readonly Guess[],
  span: Span,
): { guess: Guess; at: Instant } | undefined {
  const { requestId, event, by, previous, hash } = evidence;
  if (guesses.length === 0) return undefined;
  for (const at of timesIn(evidence, span))
    for (const guess of guesses) {
      const detail = guess.detail(at);
      const entry = { event, at, by, ...(detail && { detail }), previous };
      if (hashOf(requestId, entry) === hash) return { guess, at };
    }
  return undefined;
}

/** When an entry can have been written: so many seconds before its evidence. */
interface Span {
  seconds: number;
  /** Whether it cannot have been written earlier. */
  certain: boolean;
}

/**
 * An entry is attested in the run that writes it. Two functions also catch up on what an outage of STS held up: then it was written
 * after the one before, which helps only if that is not long ago.
 */
function spanOf({ attester, at }: Evidence, previous: ChainEntry | undefined): Span {
  const seconds = attester ? runSeconds[attester] : 0;
  if (!catchesUp(attester)) return { seconds, certain: true };
  const since = previous && earliestTimeOf(previous);
  const all = since === undefined ? Number.POSITIVE_INFINITY : secondsBetween(since, at) + clockSeconds;
  return all > longestSearch
    ? { seconds, certain: false }
    : { seconds: Math.max(seconds, all), certain: true };
}

function earliestTimeOf({ evidence: { attester, at }, writtenAt }: ChainEntry): Instant | undefined {
  if (writtenAt !== undefined) return writtenAt;
  return attester && !catchesUp(attester) ? addSeconds(at, -runSeconds[attester]) : undefined;
}

const catchesUp = (attester: Attester | undefined): boolean =>
  attester === 'endGrant' || attester === 'reconcile';

/** Likeliest first. A window that has begun began with the approval that completed it, so there is one time to try. */
function* timesIn({ event, at, start }: Evidence, { seconds }: Span): Generator<Instant> {
  if (event === 'approved' && start !== undefined && secondsBetween(at, start) <= clockSeconds) {
    yield start;
    return;
  }
  for (let before = 0; before <= seconds; before += 1) yield addSeconds(at, -before);
  for (let after = 1; after <= clockSeconds; after += 1) yield addSeconds(at, after);
}

/** How far the clocks of Lambda and STS may be apart. */
const clockSeconds = 5;

/** The functions' timeouts, 29 seconds for the API and 60 for the workflow, and the clocks. */
const runSeconds: Record<Attester, number> = {
  requests: 35,
  decisions: 35,
  notifyApprovers: 65,
  issueSession: 65,
  endGrant: 65,
  reconcile: 65,
};

/** Seconds of lateness that are searched: some milliseconds for each entry. */
const longestSearch = 900;
