import { canonicalJson } from '#domain/digest.ts';
import { addSeconds, latest } from '#domain/instant.ts';
import { maximumSessionSeconds } from '#domain/lastPossibleAccess.ts';
import type { Grant } from '../../grants/grant.ts';
import type { FindingRule, Material } from '../finding.ts';
import { clockTolerance, entryOf, isWhole } from '../grantFacts.ts';
import { aboutSession, type OpenedSession, openedSessions } from '../managedRoles.ts';
import { differencesFrom, type RenderedPolicy, renderedPolicyOf } from '../renderedPolicy.ts';
import { quoted } from '../words.ts';

/**
 * The session policy of every session ends with its grant, starts with it where it was scheduled, and is what the entitlement renders;
 * it is the same for all sessions of a grant, and none is longer than it may be. Critical: whatever the approvers saw, somebody held
 * more, or longer. Limit: without the catalogue of that time only bounds and sameness are judged; the digest's policy itself is in the
 * table alone.
 */
export const sessionPolicyDiffers: FindingRule = {
  name: 'session-policy-differs',
  promise: 'Every session is bound by the policy of its entitlement and by the window of its grant.',
  find: (material) =>
    openedSessions(material).flatMap((opened) => {
      const faults = faultsOf(opened, material);
      if (faults.length === 0) return [];
      return aboutSession(opened, {
        severity: 'critical',
        message: `A session of request ${opened.grant.id} ${faults.join(', ')}: look at what it allowed, and at what was done in it.`,
      });
    }),
};

function faultsOf({ grant, session }: OpenedSession, material: Material): string[] {
  const { policy: text, policyArns, durationSeconds } = session.issuance;
  const entitlement = entryOf(material, grant)?.entitlement;
  const longest = entitlement?.sessionDuration ?? maximumSessionSeconds;
  const tooLong = durationSeconds !== undefined && durationSeconds > longest;
  const others = entitlement && sorted(policyArns) !== sorted(entitlement.managedPolicies);
  return [
    ...policyFaults(text, grant, entitlement),
    ...(others
      ? [`has managed policies (${quoted(policyArns.join(', '))}) that are not the entitlement's`]
      : []),
    ...(hasAnotherPolicy({ grant, session }) ? ["has another policy than the grant's first session"] : []),
    ...(tooLong ? [`was issued for ${durationSeconds} seconds, which is longer than it may be`] : []),
  ];
}

type Entitlement = NonNullable<ReturnType<typeof entryOf>>['entitlement'];

function policyFaults(
  text: string | undefined,
  grant: Grant,
  entitlement: Entitlement | undefined,
): string[] {
  if (text === undefined) return ['has no session policy, so nothing ends it with its grant'];
  const policy = renderedPolicyOf(text);
  if (!policy) return ['has a session policy that cannot be read'];
  return [
    ...boundFaults(policy, grant),
    ...(entitlement
      ? differencesFrom(entitlement, policy).map((fault) => `has a session policy that ${fault}`)
      : []),
  ];
}

function boundFaults({ ends, starts }: RenderedPolicy, grant: Grant): string[] {
  const { window } = grant;
  if (!window) return [];
  const [end] = ends;
  const [start] = starts;
  const isScheduled = isWhole(grant) && window.startsAt > addSeconds(decidedAt(grant), clockTolerance);
  return [
    ...(end === undefined ? ["has no end in its policy, so nothing ends it with its grant's window"] : []),
    ...(end !== undefined && (end !== window.endsAt || ends.length > 1)
      ? [`has a policy that ends at ${quoted(ends.join(' and '))} instead of ${window.endsAt}`]
      : []),
    ...(isScheduled && start !== window.startsAt
      ? [
          `has a policy that starts ${start === undefined ? 'at once' : `at ${quoted(start)}`} instead of at ${window.startsAt}`,
        ]
      : []),
  ];
}

/** When nothing but a start in the future could hold the grant up. */
const decidedAt = ({ requestedAt, decisions }: Grant) =>
  decisions.reduce((last, { at }) => latest(last, at), requestedAt);

/** Whether the policy is another than that of the grant's first session. */
function hasAnotherPolicy({ grant, session }: OpenedSession): boolean {
  const [first] = grant.sessions;
  return (
    first !== undefined &&
    (first.issuance.policy !== session.issuance.policy ||
      sorted(first.issuance.policyArns) !== sorted(session.issuance.policyArns))
  );
}

const sorted = (texts: readonly string[]): string => canonicalJson(texts.toSorted());
