import { managedRole } from '#domain/outOfBand.ts';
import type { ReviewedSession } from '../../sessions/reviewedSession.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import {
  aliveUntil,
  callerOf,
  type Entry,
  entriesIn,
  isTarget,
  openedBy,
  serviceAccountsOf,
  sessionsByIssuance,
} from '../managedRoles.ts';
import { changedRecords, ourSessionsIn } from '../ourSessions.ts';
import { observeUnjudged, unjudgedIn } from '../unjudgedEntries.ts';
import { counted, quoted, someOf } from '../words.ts';

/**
 * The roles that Countersign works with, entered by anybody but the service or function that each is for; used in a session that nobody
 * is seen to open, or by another name; and calls in a notary session, whose credentials are dropped as they come. Critical: from there
 * decisions can be made up and sessions issued. Medium where the session is named as its service names it: most likely the record of its
 * making is not among the logs. High, and told once, where the logs of the account that the role was entered from are not there, so that
 * nothing shows by whom. Who enters the notary role is a matter of `wrong-attester`. Limit: nothing is said of sessions from
 * before the logs begin.
 */
export const borrowedRole: FindingRule = {
  name: 'borrowed-role',
  promise: 'The roles of Countersign’s functions, workflow and revoker are used by these alone.',
  find(material) {
    const entries = entriesIn(material);
    return [
      ...entered(material, entries),
      ...observeUnjudged(material, ({ target }) => !target, {
        what: 'roles that Countersign works with',
        next: 'find out who let them in, and what they did there',
      }),
      ...workedIn(material, entries),
    ];
  },
};

const notary = 'countersign-notary';

function entered(material: Material, entries: readonly Entry[]): Observation[] {
  const used = sessionsByIssuance(material.sessions);
  const unjudged = unjudgedIn(material)?.entries;
  return entries
    .filter((entry) => !unjudged?.has(entry))
    .filter(({ target, rightCaller, otherRole }) => !target && (!rightCaller || otherRole !== undefined))
    .filter((entry) => !isReadAsEvidence(entry))
    .map((entry) => ({
      severity: 'critical',
      at: entry.issuance.event.at,
      until: aliveUntil(entry.issuance, used.get(entry.issuance)),
      subject: entry.issuance.sessionArn ?? entry.roleArn,
      account: managedRole(entry.roleArn)?.account,
      message: howEntered(entry),
      eventIds: [entry.issuance.event.id, ...entry.issuance.copies.map(({ id }) => id)],
    }));
}

function howEntered({ issuance, roleArn, otherRole }: Entry): string {
  const who = quoted(callerOf(issuance));
  if (otherRole !== undefined)
    return `${who} entered ${roleArn}, and its records name ${quoted(otherRole)} too: find out which record was changed, and what was done there.`;
  return issuance.event.caller.type === 'AWSService'
    ? `${who} ran ${quoted(issuance.sessionName ?? 'something')} under ${roleArn}, which is for something else: find out who set that up, and what it did there.`
    : `${who} entered ${roleArn}, which is not theirs to enter: find out who let them, and what they did there.`;
}

/** What names the notary role otherwise is no evidence, so that no other rule looks at it. */
const isReadAsEvidence = ({ issuance }: Entry): boolean =>
  managedRole(issuance.roleArn ?? '')?.name === notary;

/** Calls in sessions of these roles that nobody is seen to have opened or that go by a wrong name, and any call as the notary. */
function workedIn(material: Material, entries: readonly Entry[]): Observation[] {
  const services = serviceAccountsOf(material);
  const isOpened = openedBy(entries);
  const { first: logsBegin = '' } = material.trail.completeness;
  return ourSessionsIn(material).flatMap(({ session, roleArn, seen }): Observation[] => {
    const role = managedRole(roleArn);
    if (!role || isTarget(roleArn, services)) return [];

    const { arn, first, last, identity, each } = session;
    const isOlder = (identity.createdAt ?? first) < logsBegin;
    if (seen === undefined && role.name !== notary && (isOpened(session) || isOlder)) return [];
    return [
      {
        at: first,
        until: last,
        subject: arn,
        account: role.account,
        eventIds: someOf(each.map(({ id }) => id)),
        ...(seen === undefined ? strangeUse(session, role.name) : changedRecords(seen)),
      },
    ];
  });
}

function strangeUse(
  { arn, accessKeyId = 'no key', calls }: ReviewedSession,
  roleName: string,
): Pick<Observation, 'severity' | 'message'> {
  const seen = `${counted(calls, 'call')} under ${quoted(accessKeyId)}`;
  if (roleName === notary)
    return {
      severity: 'critical',
      message: `${seen} in a notary session, whose credentials are meant for nobody: find out who has it.`,
    };
  return {
    severity: isNamedByService(arn, roleName) ? 'medium' : 'critical',
    message: `${seen} in a session of ${roleName} that no call in the logs issued: find out who has it.`,
  };
}

/** Lambda names a session after the function; its pollers of a queue, Step Functions and EventBridge choose names of their own. */
function isNamedByService(sessionArn: string, roleName: string): boolean {
  const name = sessionArn.split('/').at(-1) ?? '';
  if (roleName === 'countersign-reconcile-trail' && name.startsWith('awslambda_')) return true;
  return name === roleName || roleName === 'countersign-workflow' || roleName === 'countersign-watch';
}
