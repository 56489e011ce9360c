import { managedRole } from '#domain/outOfBand.ts';
import type { RefusedIssuance } from '../../sessions/issuance.ts';
import type { FindingRule, Observation } from '../finding.ts';
import { callerOf, ownRoleOf, serviceAccountsOf } from '../managedRoles.ts';
import { reachesInto } from '../reachesInto.ts';
import { counted, quoted, someOf } from '../words.ts';

/**
 * Refused attempts to enter a role of Countersign, by caller and role. Low: the trust policy held, and somebody tried. Info where
 * Countersign's own function was refused, as happens for some seconds after a role is made or the notary says no. Limit: where the role
 * is in another account, the record stands in the caller's log alone.
 */
export const refusedAssumeRole: FindingRule = {
  name: 'refused-assume-role',
  promise: 'Nobody tries in vain to enter a role of Countersign.',
  find(material) {
    const services = serviceAccountsOf(material);
    const refused = material.issuances.failed
      .filter(({ roleArn = '' }) => ourRole.test(roleArn))
      .filter(({ event: { at } }) => reachesInto(material.period, { at }));
    const byCaller = Map.groupBy(refused, (attempt) => JSON.stringify([callerOf(attempt), attempt.roleArn]));
    return [...byCaller.values()].flatMap((attempts) => describe(attempts, services));
  },
};

/** In any path and letter case. Some messages have no more of the role than `role/NAME`. */
const ourRole = /(?:^|:)role\/(?:.*\/)?countersign-[^/]+$/i;

function describe(
  attempts: readonly RefusedIssuance[],
  services: ReturnType<typeof serviceAccountsOf>,
): Observation[] {
  const [first] = attempts;
  if (!first) return [];
  const { event, roleArn = '' } = first;
  const times = attempts.map(({ event: { at } }) => at).sort();
  const isOwn = ownRoleOf(event.caller, services) !== undefined;
  return [
    {
      severity: isOwn ? 'info' : 'low',
      at: times[0],
      until: times.at(-1),
      subject: roleArn,
      account: managedRole(roleArn)?.account ?? event.account,
      message: `${quoted(callerOf(first))} was refused ${roleArn} ${counted(attempts.length, 'time')}: ${isOwn ? 'look whether it goes on, which would be a deployment that does not fit' : 'ask what it was for'}.`,
      eventIds: someOf(attempts.map((attempt) => attempt.event.id).sort()),
    },
  ];
}
