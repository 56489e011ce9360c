import { givesAccess, type HistoryEntry } from '#domain/history.ts';
import { addSeconds, earliest, type Instant, latest } from '#domain/instant.ts';
import type { Evidence } from './evidence.ts';
import type { ChainEntry, ChainFault } from './grant.ts';
import { canBeWrittenAt, clockSeconds } from './writingTimes.ts';

/** Entries of the request table by their hash, which was computed again from each: so the time in it is the one that was hashed. */
export type RecordedEntries = ReadonlyMap<string, HistoryEntry>;

/** A link before it is known when it had happened. */
export type UntimedEntry = Omit<ChainEntry, 'happenedBy'>;

/**
 * When each link had happened at the latest. What takes access away may be attested long after it was done; but whatever follows it in
 * the chain names its hash, so it had happened when that was attested, or written. What gives access happens as it is attested.
 *
 * A follower whose hash does not fit tells nothing, and neither does one of before something was given that it rests on: nobody could
 * have known its hash then. What is believed wrongly makes an end earlier, and so finds more.
 */
export function withTimes(links: readonly UntimedEntry[], recorded: RecordedEntries): ChainEntry[] {
  const given = givenBefore(links.map(({ evidence }) => evidence));
  const timed: ChainEntry[] = [];
  let followed: Instant | undefined;
  for (const [index, link] of [...links.entries()].reverse()) {
    const { at, event } = link.evidence;
    const own = ownTimes(link, recorded).filter((time) => time >= (given[index] ?? ''));
    const shown = givesAccess[event] ? [] : own;
    timed.push({ ...link, happenedBy: earliest(at, ...shown, followed ?? at) });
    if (link.content === 'differs') continue;
    for (const time of own) followed = earliest(time, followed ?? time);
  }
  return timed.reverse();
}

/**
 * Links that were attested before something was given that they rest on. That is attested before it is written, and what follows it has
 * its hash.
 */
export function earlyFaults(path: readonly Evidence[]): ChainFault[] {
  const given = givenBefore(path);
  return path.flatMap(({ event, at, eventId }, index): ChainFault[] => {
    if (at >= (given[index] ?? '')) return [];
    const message = `"${event}" was attested at ${at}, and what it follows was only given later.`;
    return [{ kind: 'impossibleOrder', eventIds: [eventId], at, message }];
  });
}

/** Of each link, when the last of what gave access so far was attested; clocks may be some seconds apart. */
function givenBefore(path: readonly Evidence[]): Instant[] {
  let given: Instant | undefined;
  return path.map(({ event, at }) => {
    if (givesAccess[event]) given = latest(at, given ?? at);
    return given === undefined ? '' : addSeconds(given, -clockSeconds);
  });
}

/** When a link was attested, and when it was written as far as its hash tells. */
function ownTimes({ evidence, content, writtenAt }: UntimedEntry, recorded: RecordedEntries): Instant[] {
  const entry = content === 'differs' ? undefined : recorded.get(evidence.hash);
  const isRight = entry && isOf(evidence, entry) && canBeWrittenAt(evidence, entry.at);
  return [evidence.at, ...(writtenAt === undefined ? [] : [writtenAt]), ...(isRight ? [entry.at] : [])];
}

const isOf = ({ event, previous }: Evidence, entry: HistoryEntry): boolean =>
  entry.event === event && entry.previous === previous;
