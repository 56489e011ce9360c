import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import type { Grant } from '../../grants/grant.ts';
import { type BoundaryVersion, boundaryVersionsIn, denies } from '../boundaryVersions.ts';
import { deliveredUntil, showsIamOf } from '../coverage.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { aboutGrant, earlyEndOf } from '../grantFacts.ts';

/**
 * What Countersign attested and CloudTrail does not show happened. An `issued` entry without its AssumeRole is high: that call is
 * in the same account's log, so the log or the entry is not what it was. An early end that no version of the role's boundary
 * carries out within five minutes, while a session was alive, is medium: the session could go on until it ran out. The latter is
 * judged only where the target's own log of IAM is among the files.
 */
export const evidenceWithoutEffect: FindingRule = {
  name: 'evidence-without-effect',
  promise: 'What Countersign attests has happened: sessions were issued, and ended ones denied.',
  find(material) {
    const versions = boundaryVersionsIn(material.trail);
    return material.grants.flatMap((grant) => [
      ...issuedNothing(grant),
      ...endedNothing(grant, { material, versions }),
    ]);
  },
};

function issuedNothing(grant: Grant): Observation[] {
  const attested = new Set(grant.sessions.map(({ attestedBy }) => attestedBy?.evidence.hash));
  return grant.chain.links
    .filter(({ evidence }) => evidence.event === 'issued' && !attested.has(evidence.hash))
    .map(({ evidence }) =>
      aboutGrant(grant, {
        severity: 'high',
        at: evidence.at,
        account: evidence.account,
        message: `Request ${grant.id} has an entry that a session was issued, and no AssumeRole in the logs is that session's: look for missing log files, then ask who wrote the entry.`,
        eventIds: [evidence.eventId],
      }),
    );
}

/** IAM needs seconds, the workflow some more; `reconcile` takes over within a minute or two. */
const denySeconds = 300;

function endedNothing(
  grant: Grant,
  { material, versions }: { material: Material; versions: readonly BoundaryVersion[] },
): Observation[] {
  const end = earlyEndOf(grant);
  const roleArn = grant.sessions[0]?.roleArn;
  const account = roleArn?.split(':')[4];
  if (!end || roleArn === undefined || account === undefined || !showsIamOf(account, material.trail))
    return [];
  const deadline = addSeconds(end.at, denySeconds);
  if (!isAliveAt(grant, deadline) || deadline > (deliveredUntil(account, material.trail) ?? '')) return [];
  const denied = versions.find((version) => version.roleArn === roleArn && denies(version, grant, end.at));
  if (denied && denied.at <= deadline) return [];
  const how = denied
    ? `only after ${Math.round(secondsBetween(end.at, denied.at) / 60)} minutes was it denied in the role's boundary`
    : "no version of the role's boundary denies it";
  const observation = aboutGrant(grant, {
    severity: 'medium',
    at: end.at,
    account,
    message: `Request ${grant.id} was ${end.event} while a session of it was alive, and ${how}: see what was done in it until it ran out.`,
    eventIds: denied ? [denied.eventId] : [],
  });
  return [observation];
}

/** Whether a session could still be used at a time, had the grant not ended early. */
const isAliveAt = ({ sessions, window }: Grant, at: Instant): boolean =>
  (window === undefined || window.endsAt > at) &&
  sessions.some(({ issuedAt, expiresAt }) => issuedAt < at && (expiresAt === undefined || expiresAt > at));
