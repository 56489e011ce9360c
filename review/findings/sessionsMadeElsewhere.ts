import { addSeconds, type Instant } from '#domain/instant.ts';
import { managedRole } from '#domain/outOfBand.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import { digestSeconds } from './coverage.ts';
import { alwaysOn } from './digestGaps.ts';
import type { Material } from './finding.ts';
import { isTarget, serviceAccountsOf } from './managedRoles.ts';
import { ourSessionsIn } from './ourSessions.ts';

/** Sessions of target roles in an account, and the regions of it that there are digests of. */
export interface MadeElsewhere {
  account: string;
  regions: string[];
  sessions: ReviewedSession[];
}

/**
 * Sessions of target roles that no call in the logs made, by account, where digests prove that no log file is missing of the regions that
 * were given: the call stands in the logs of another region, since an account's own trail records who enters its roles. Not where digests of
 * every region are there that no account can switch off, and not for sessions from the first and the last hour of the logs.
 */
export function sessionsMadeElsewhere(material: Material): MadeElsewhere[] {
  const { integrity } = material;
  if (integrity.verdict !== 'verified') return [];
  const byAccount = Map.groupBy(sessionsWithoutOrigin(material), ({ account }) => account);
  return [...byAccount].flatMap(([account, found]) => {
    const chains = integrity.chains.filter((chain) => chain.account === account);
    const regions = [...new Set(chains.map(({ region }) => region))].sort();
    if (regions.length === 0 || alwaysOn.every((region) => regions.includes(region))) return [];
    return { account, regions, sessions: found.map(({ session }) => session) };
  });
}

function sessionsWithoutOrigin(material: Material): { account: string; session: ReviewedSession }[] {
  const services = serviceAccountsOf(material);
  const { first = '', last = '' } = material.trail.completeness;
  const isWithin = (at: Instant | undefined): boolean =>
    at !== undefined && at > addSeconds(first, digestSeconds) && at < addSeconds(last, -digestSeconds);
  return ourSessionsIn(material).flatMap(({ session, roleArn, seen }) => {
    const account = managedRole(roleArn)?.account;
    const hasNone = session.joinedBy === 'unresolved' && seen === undefined;
    if (account === undefined || !hasNone || !isTarget(roleArn, services)) return [];
    return isWithin(session.identity.createdAt) ? [{ account, session }] : [];
  });
}
