import { addSeconds } from '#domain/instant.ts';
import type { Grant } from '../../grants/grant.ts';
import { type BoundaryVersion, boundaryVersionsIn, denies } from '../boundaryVersions.ts';
import { isDeployment } from '../deployers.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { earlyEndOf } from '../grantFacts.ts';
import { ownRoleOf, serviceAccountsOf } from '../managedRoles.ts';

/**
 * What the revoker and deployments put in force as a boundary: a text that is not "allow everything, deny these", or one that
 * leaves out a grant that ended early and could still be alive. High: an ended session works again. A version that anybody else
 * wrote is `tampering`, whatever it says.
 */
export const boundaryDiffers: FindingRule = {
  name: 'boundary-differs',
  promise:
    'A boundary policy denies every session of a grant that ended early, for as long as one could live.',
  find(material) {
    const services = serviceAccountsOf(material);
    return boundaryVersionsIn(material.trail)
      .filter(
        ({ caller }) =>
          ownRoleOf(caller, services) === 'countersign-revoker' ||
          isDeployment({ source: 'iam.amazonaws.com', caller }, material),
      )
      .flatMap((version) => faultsOf(version, material));
  },
};

function faultsOf(version: BoundaryVersion, { grants }: Material): Observation[] {
  const { at, eventId, account, policyArn } = version;
  const about: Omit<Observation, 'message'> = {
    severity: 'high',
    at,
    subject: policyArn,
    account,
    eventIds: [eventId],
  };
  if (!version.denied)
    return [
      {
        ...about,
        message: `A version of ${policyArn} is not "allow everything, deny these sessions": compare it with what stands in force, and deploy again.`,
      },
    ];
  return grants
    .filter((grant) => isLeftOut(grant, version))
    .map((grant) => ({
      ...about,
      requestId: grant.id,
      message: `A version of ${policyArn} does not deny request ${grant.id}, which had ended early and had a session alive: see what was done in it from then on.`,
    }));
}

/** Of what ended within the last minutes the workflow may not have written yet. */
const patienceSeconds = 300;

function isLeftOut(grant: Grant, version: BoundaryVersion): boolean {
  const end = earlyEndOf(grant);
  if (!end || grant.sessions[0]?.roleArn !== version.roleArn) return false;
  if (version.at < addSeconds(end.at, patienceSeconds) && !isOwnVersion(grant, version)) return false;
  const isAlive = grant.sessions.some(
    ({ issuedAt, expiresAt }) => issuedAt < version.at && (expiresAt === undefined || expiresAt > version.at),
  );
  const isOver = grant.window !== undefined && grant.window.endsAt <= version.at;
  return isAlive && !isOver && version.at >= end.at && !denies(version, grant, end.at);
}

/** The revoker's session is named after the request that it denies. */
const isOwnVersion = ({ id }: Grant, { caller }: BoundaryVersion): boolean =>
  caller.arn?.endsWith(`:assumed-role/countersign-revoker/${id}`) ?? false;
