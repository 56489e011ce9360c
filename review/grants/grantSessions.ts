import type { Issuance } from '../sessions/issuance.ts';
import { activityIn, type SessionIndex } from './activity.ts';
import { attestedSessions } from './attestation.ts';
import type { Content } from './content.ts';
import type { Evidence } from './evidence.ts';
import type { GrantSession } from './grant.ts';
import type { Linked } from './links.ts';

/**
 * The sessions that were issued in a request's name, attested or not, with what was done in each; and for each `issued` entry
 * whether its hash was met by one of them.
 */
export function grantSessionsOf(
  { path, lost, apart, sequences }: Linked,
  { issuances, index }: { issuances: readonly Issuance[]; index: SessionIndex },
): { sessions: GrantSession[]; contents: ReadonlyMap<Evidence, Content> } {
  const issued = [...path, ...apart, ...lost].filter(({ event }) => event === 'issued');
  const attested = attestedSessions(issued, { sessions: issuances, sequences });
  const activity = activityIn(issuances, index);
  const sessions = issuances.map((issuance) => ({
    issuance,
    accessKeyId: issuance.accessKeyId,
    sessionArn: issuance.sessionArn,
    roleArn: issuance.roleArn ?? '',
    issuedAt: issuance.event.at,
    expiresAt: issuance.expiresAt,
    attestedBy: attested.sessions.get(issuance),
    activity: activity.get(issuance) ?? [],
  }));
  return { sessions, contents: attested.contents };
}
