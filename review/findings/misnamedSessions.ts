import { isWholeKey } from '../sessions/issuedCredentials.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { Observation } from './finding.ts';
import type { Entry } from './managedRoles.ts';
import { isOurRole, ourRoleOfSession, rolesOfSession } from './roleNames.ts';
import { counted, quoted } from './words.ts';

/** What is wrong with the name of a session. */
interface Misnamed {
  /** The role of Countersign that is behind it. */
  roleArn: string;
  /** What was seen, as the beginning of a sentence. */
  seen: string;
}

/**
 * Sessions in which a key of a role of Countersign goes by another name than its own, or whose records name two roles. AWS gives a
 * key to one session, and that has one ARN: somebody changed records, so that what was done does not show under its role.
 */
export function misnamedSessions(
  sessions: readonly ReviewedSession[],
  entries: readonly Entry[],
): Map<ReviewedSession, Misnamed> {
  const holders = holdersOf(sessions, entries);
  return new Map(
    sessions.flatMap((session): [ReviewedSession, Misnamed][] => {
      const misnamed = notTheHolder(session, holders) ?? ofTwoRoles(session);
      return misnamed ? [[session, misnamed]] : [];
    }),
  );
}

/** What is held against records that do not agree. */
export const changedRecords = (seen: string): Pick<Observation, 'severity' | 'message'> => ({
  severity: 'critical',
  message: `${seen}: find out which records were changed, and what was done.`,
});

function notTheHolder(
  { arn, accessKeyId = '', calls }: ReviewedSession,
  holders: ReadonlyMap<string, Holder>,
): Misnamed | undefined {
  const holder = holders.get(accessKeyId);
  if (!holder || holder.arns.has(arn)) return undefined;
  const { roleArn } = holder;
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)}, a key of ${roleArn}, are recorded as those of ${quoted(arn)}`;
  return { roleArn, seen };
}

function ofTwoRoles(session: ReviewedSession): Misnamed | undefined {
  const roles = rolesOfSession(session);
  const roleArn = roles.find(isOurRole);
  if (roleArn === undefined || roles.length === 1) return undefined;
  const { accessKeyId = 'no key', calls } = session;
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)} are recorded as those of ${quoted(roles.join(' and '), 400)} at once`;
  return { roleArn, seen };
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
