import { isWholeKey } from '../sessions/issuedCredentials.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { Material, Observation } from './finding.ts';
import { type Entry, entriesIn } from './managedRoles.ts';
import { isOurRole, ourRoleOfSession, rolesOfSession } from './roleNames.ts';
import { counted, quoted } from './words.ts';

/** A session of a role of Countersign. */
interface OurSession {
  session: ReviewedSession;
  /** The role of Countersign that is behind it. */
  roleArn: string;
  /** What is wrong with its name, as the beginning of a sentence. */
  seen?: string | undefined;
}

/**
 * Sessions of roles of Countersign. Also those in which a key of such a role goes by another name than its own, or whose records name
 * two roles: AWS gives a key to one session, and that has one ARN, so somebody changed records for what was done not to show under
 * its role.
 */
export const ourSessionsIn = rememberedOf((material: Material): OurSession[] => {
  const holders = holdersOf(material.sessions, entriesIn(material));
  return material.sessions.flatMap((session) => notTheHolder(session, holders) ?? ofOurRole(session) ?? []);
});

/** `1 call under … is recorded as that of`, `2 calls under … are recorded as those of` */
export const areRecorded = (calls: number): string =>
  calls === 1 ? 'is recorded as that of' : 'are recorded as those of';

/** What is held against records that do not agree. */
export const changedRecords = (seen: string): Pick<Observation, 'severity' | 'message'> => ({
  severity: 'critical',
  message: `${seen}: find out which records were changed, and what was done.`,
});

function notTheHolder(
  session: ReviewedSession,
  holders: ReadonlyMap<string, Holder>,
): OurSession | undefined {
  const { arn, accessKeyId = '', calls } = session;
  const holder = holders.get(accessKeyId);
  if (!holder || holder.arns.has(arn)) return undefined;
  const { roleArn } = holder;
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)}, a key of ${roleArn}, ${areRecorded(calls)} ${quoted(arn)}`;
  return { session, roleArn, seen };
}

function ofOurRole(session: ReviewedSession): OurSession | undefined {
  const roles = rolesOfSession(session);
  const roleArn = roles.find(isOurRole);
  if (roleArn === undefined) return undefined;
  if (roles.length === 1) return { session, roleArn };
  const { accessKeyId = 'no key', calls } = session;
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)} ${areRecorded(calls)} ${quoted(roles.join(' and '), 400)} at once`;
  return { session, roleArn, seen };
}

/** Whose a key is: a role, and the sessions that it was issued for. */
interface Holder {
  roleArn: string;
  arns: Set<string>;
}

/** By the call that issued it; where that is not in the logs, by the first session of a role of Countersign that has it. */
function holdersOf(sessions: readonly ReviewedSession[], entries: readonly Entry[]): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const { roleArn, issuance } of entries) {
    const { accessKeyId, sessionArn } = issuance;
    if (!isWholeKey(accessKeyId) || sessionArn === undefined) continue;
    const holder = holders.get(accessKeyId);
    if (holder) holder.arns.add(sessionArn);
    else holders.set(accessKeyId, { roleArn, arns: new Set([sessionArn]) });
  }
  for (const session of sessions) {
    const { arn, accessKeyId } = session;
    if (!isWholeKey(accessKeyId) || holders.has(accessKeyId)) continue;
    const roleArn = ourRoleOfSession(session);
    if (roleArn !== undefined) holders.set(accessKeyId, { roleArn, arns: new Set([arn]) });
  }
  return holders;
}
