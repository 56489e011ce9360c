import { describeDuration } from '#domain/duration.ts';
import { secondsBetween } from '#domain/instant.ts';
import { maximumGrantSeconds, maximumLeadSeconds } from '#domain/lastPossibleAccess.ts';
import type { Grant } from '../../grants/grant.ts';
import type { FindingRule, Material } from '../finding.ts';
import { aboutGrant, attestationSeconds, entryOf } from '../grantFacts.ts';

/**
 * No grant is longer than the catalogue's entry lets it be, break-glass or not, nor starts further ahead than anything may. Critical:
 * nobody could ask for that. Without the catalogue of that time, the longest grant that any catalogue can offer counts.
 */
export const windowTooLong: FindingRule = {
  name: 'window-too-long',
  promise: 'No grant is longer than its entitlement allows.',
  find: (material) =>
    material.grants.flatMap((grant) => {
      const { window } = grant;
      if (!window) return [];
      const longest = longestFor(grant, material);
      const seconds = secondsBetween(window.startsAt, window.endsAt);
      const lead = secondsBetween(grant.requestedAt, window.startsAt);
      const isTooFar = lead > maximumLeadSeconds + attestationSeconds;
      if (seconds > 0 && seconds <= longest && !isTooFar) return [];
      return aboutGrant(grant, {
        severity: 'critical',
        at: window.startsAt,
        message: `Request ${grant.id} was granted from ${window.startsAt} to ${window.endsAt}, and ${grant.entitlement} allows ${describeDuration(longest)} at most, within 30 days: find out how it came to be.`,
        eventIds: grant.chain.links
          .filter(({ evidence }) => evidence.end === window.endsAt)
          .map(({ evidence }) => evidence.eventId),
      });
    }),
};

function longestFor(grant: Grant, material: Material): number {
  const entitlement = entryOf(material, grant)?.entitlement;
  if (!entitlement) return maximumGrantSeconds;
  return grant.breakGlass ? (entitlement.breakGlass?.duration ?? 0) : entitlement.maxDuration;
}
