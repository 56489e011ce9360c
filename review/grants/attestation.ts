import { type Instant, secondsBetween } from '#domain/instant.ts';
import type { Issuance } from '../sessions/issuance.ts';
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
 * no other entry can stand for.
 */
export function attestedSessions(
  issued: readonly Evidence[],
  { sessions, sequences }: { sessions: readonly Issuance[]; sequences: ReadonlyMap<Evidence, number> },
): Attested {
  const attested: Attested = { contents: new Map(), sessions: new Map() };
  const isFree = (session: Issuance): boolean => !attested.sessions.has(session);
  const before = (evidence: Evidence): Issuance[] =>
    sessions.filter(({ event }) => isRightBefore(event.at, evidence.at));

  const unproven = issued.filter((evidence) => {
    const surroundings = { sessions: before(evidence).filter(isFree), sequence: sequences.get(evidence) };
    const content = contentOf(evidence, surroundings);
    attested.contents.set(evidence, content);
    const { session } = content;
    if (session) attested.sessions.set(session, { evidence, how: 'hash' });
    return !session;
  });
  const free = sessions.filter(isFree);
  for (const evidence of unproven) {
    const [session, ...more] = free.filter(({ event }) => isRightBefore(event.at, evidence.at));
    if (!session || more.length > 0) continue;
    const rivals = unproven.filter(({ at }) => isRightBefore(session.event.at, at));
    if (rivals.length === 1) attested.sessions.set(session, { evidence, how: 'time' });
  }
  return attested;
}

/** `issueSession` assumes the role and attests that in one run, of 60 seconds at most; both times are by the clock of STS. */
function isRightBefore(issuedAt: Instant, attestedAt: Instant): boolean {
  const seconds = secondsBetween(issuedAt, attestedAt);
  return seconds >= 0 && seconds <= 60;
}
