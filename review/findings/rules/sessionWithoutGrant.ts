import { addSeconds } from '#domain/instant.ts';
import { maximumSessionSeconds } from '#domain/lastPossibleAccess.ts';
import { managedRole } from '#domain/outOfBand.ts';
import type { ReviewedSession } from '../../sessions/reviewedSession.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import {
  aliveUntil,
  callerOf,
  type Entry,
  entriesIn,
  isSurelyJoined,
  isTarget,
  openedBy,
  serviceAccountsOf,
  sessionsByIssuance,
} from '../managedRoles.ts';
import { areRecorded, changedRecords, ourSessionsIn } from '../ourSessions.ts';
import { observeUnjudged, unjudgedIn } from '../unjudgedEntries.ts';
import { counted, countedOrNo, quoted, someOf } from '../words.ts';

/**
 * Out-of-band access: a session of a target role that `issueSession` did not open, that is named after no request, or whose
 * making the logs do not show; and one whose records name another role or another session too. Critical, since nobody approved it.
 * A session that was made before the logs begin is low: earlier logs may explain it. One under another key, in the life and under
 * the name and person of a session that was issued, is medium: signing in to the console with a session gives it another key.
 * High, and told once, where the logs of the account that all sessions were opened from are not there, so that nothing shows by whom.
 * Limit: roles are known by their names, `countersign-*`, in any path and letter case.
 */
export const sessionWithoutGrant: FindingRule = {
  name: 'session-without-grant',
  promise: 'Whoever works in a role that grants reach into does so in a session that a request answers for.',
  find(material) {
    const entries = entriesIn(material);
    const answered = new Set(
      material.grants.flatMap(({ sessions }) => sessions.map(({ issuance }) => issuance)),
    );
    const used = sessionsByIssuance(material.sessions);
    const unjudged = unjudgedIn(material)?.entries;
    return [
      ...entries
        .filter((entry) => entry.target && !unjudged?.has(entry))
        .filter(
          ({ rightCaller, otherRole, issuance }) =>
            !rightCaller || otherRole !== undefined || !answered.has(issuance),
        )
        .map((entry) => outOfBand(entry, used.get(entry.issuance) ?? [])),
      ...observeUnjudged(material, ({ target }) => target, {
        what: 'roles that grants reach into',
        next: 'treat it as access that nobody approved',
      }),
      ...unissued(material, entries),
    ];
  },
};

function outOfBand(entry: Entry, sessions: readonly ReviewedSession[]): Observation {
  const { issuance, roleArn } = entry;
  const { event, sessionArn, copies } = issuance;
  const calls = sessions.reduce((sum, session) => sum + session.calls, 0);
  return {
    severity: 'critical',
    at: event.at,
    until: aliveUntil(issuance, sessions),
    subject: sessionArn ?? roleArn,
    account: managedRole(roleArn)?.account,
    message: `${quoted(callerOf(issuance))} opened a session of ${roleArn}${reasonAgainst(entry)}; ${countedOrNo(calls, 'call')} followed: treat it as access that nobody approved.`,
    eventIds: [event.id, ...copies.map(({ id }) => id)],
  };
}

function reasonAgainst({ issuance, rightCaller, otherRole }: Entry): string {
  const changed =
    otherRole === undefined ? '' : `, and its records name ${quoted(otherRole)} too, so that one was changed`;
  if (!rightCaller) return `, and is not the function that may${changed}`;
  return changed || `, and no evidence of a request ${quoted(issuance.sessionName ?? '')} is in the logs`;
}

/** Sessions of target roles in which calls were made, and that no call in the logs issued or that go by a wrong name. */
function unissued(material: Material, entries: readonly Entry[]): Observation[] {
  const services = serviceAccountsOf(material);
  const isOpened = openedBy(entries);
  return ourSessionsIn(material).flatMap(({ session, roleArn, seen }) => {
    if (!isTarget(roleArn, services) || (seen === undefined && isOpened(session))) return [];
    const { arn, first, last, each } = session;
    return {
      at: first,
      until: last,
      subject: arn,
      account: managedRole(roleArn)?.account,
      eventIds: someOf(each.map(({ id }) => id)),
      ...(seen === undefined ? unexplained(session, material, roleArn) : changedRecords(seen)),
    };
  });
}

function unexplained(
  session: ReviewedSession,
  { trail }: Pick<Material, 'trail'>,
  roleArn: string,
): Pick<Observation, 'severity' | 'message'> {
  const { accessKeyId = 'without a key', identity, calls, first, joinedBy } = session;
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)}`;
  if (isSurelyJoined(session))
    return changedRecords(
      `${seen} ${areRecorded(calls)} ${roleArn}, and the call that issued it names ${quoted(session.issuance.roleArn ?? 'no role')}`,
    );
  const logsBegin = trail.completeness.first ?? first;
  const isOlder =
    identity.createdAt === undefined
      ? first < addSeconds(logsBegin, maximumSessionSeconds)
      : identity.createdAt < logsBegin;
  if (isOlder)
    return {
      severity: 'low',
      message: `${seen} in a session of ${roleArn} that was made before the logs begin: review it with the logs of the hour before.`,
    };
  if (joinedBy === 'sourceIdentity')
    return {
      severity: 'medium',
      message: `${seen}, a key that no call in the logs issued, in the name and life of a session of ${roleArn} that was: ask whether it was signed in to the console with.`,
    };
  return {
    severity: 'critical',
    message: `${seen} in a session of ${roleArn} that no call in the logs issued: find out who made it, and whether log files are missing.`,
  };
}
