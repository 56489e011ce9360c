import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Issuance } from '../sessions/issuance.ts';
import { countWhile } from '../sessions/timeOrder.ts';
import { type Content, contentOf } from './content.ts';
import type { Evidence } from './evidence.ts';
import type { GrantSession } from './grant.ts';

export interface Attested {
  contents: Map<Evidence, Content>;
  sessions: Map<Issuance, NonNullable<GrantSession['attestedBy']>>;
}

/**
 * Which `issued` entry attests which session. An entry names the session's key and expiry within its hash, so it proves one of them.
 * Where the hash cannot be computed, or is not met, an entry stands for the only session that was issued right before it and that
 * no other entry can stand for. Sessions come by time.
 */
export function attestedSessions(
  issued: readonly Evidence[],
  { sessions, sequences }: { sessions: readonly Issuance[]; sequences: ReadonlyMap<Evidence, number> },
): Attested {
  const attested: Attested = { contents: new Map(), sessions: new Map() };
  const isFree = (session: Issuance): boolean => !attested.sessions.has(session);
  const unproven = issued.filter((evidence) => {
    const content = contentOf(evidence, {
      sessions: lastBefore(evidence, sessions).filter(isFree),
      sequence: sequences.get(evidence),
    });
    attested.contents.set(evidence, content);
    const { session } = content;
    if (session) attested.sessions.set(session, { evidence, how: 'hash' });
    return !session;
  });
  for (const [session, evidence] of onlyPairs(sessions.filter(isFree), unproven))
    attested.sessions.set(session, { evidence, how: 'time' });
  return attested;
}

/** `issueSession` assumes the role and attests that in one run, of 60 seconds at most; both times are by the clock of STS. */
const runSeconds = 60;

/** Runs that fail and runs at the same time leave some sessions in one minute; an entry's own is among the last before it. */
const mostCandidates = 10;

/** The sessions that an entry can speak of, the last one first. */
function lastBefore({ at }: Evidence, sessions: readonly Issuance[]): Issuance[] {
  const before = countWhile(sessions, ({ event }) => event.at <= at);
  const earliest = addSeconds(at, -runSeconds);
  return sessions
    .slice(Math.max(0, before - mostCandidates), before)
    .filter(({ event }) => event.at >= earliest)
    .reverse();
}

/** Sessions and entries of which each is the only one that the other can belong to. */
function onlyPairs(sessions: readonly Issuance[], entries: readonly Evidence[]): [Issuance, Evidence][] {
  const issued = sessions.map(({ event }) => event.at);
  const attested = entries.map(({ at }) => at).sort();
  return entries.flatMap((evidence): [Issuance, Evidence][] => {
    const { at } = evidence;
    const session = sessions[placeOfOnly(issued, { from: addSeconds(at, -runSeconds), to: at }) ?? -1];
    if (!session) return [];
    const from = session.event.at;
    const hasRivals = placeOfOnly(attested, { from, to: addSeconds(from, runSeconds) }) === undefined;
    return hasRivals ? [] : [[session, evidence]];
  });
}

/** Where the only time of a span stands in a sorted list; undefined where there are none or several. */
function placeOfOnly(
  times: readonly Instant[],
  { from, to }: { from: Instant; to: Instant },
): number | undefined {
  const last = countWhile(times, (time) => time <= to) - 1;
  const isIn = (place: number): boolean => (times[place] ?? '') >= from;
  return isIn(last) && !isIn(last - 1) ? last : undefined;
}
