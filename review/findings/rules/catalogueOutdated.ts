import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Grant } from '../../grants/grant.ts';
import type { FindingRule, Observation } from '../finding.ts';
import { aboutGrant } from '../grantFacts.ts';

/**
 * A request under a catalogue that requests before and after it show to be replaced by another: its rules may have been weaker. Medium:
 * a catalogue that was deployed again for a while looks the same. An hour is allowed, for functions that are still being replaced.
 */
export const catalogueOutdated: FindingRule = {
  name: 'catalogue-outdated',
  promise: 'Every request is made under the catalogue that is in force.',
  find({ grants }) {
    const installations = Map.groupBy(grants, ({ chain }) => chain.links[0]?.evidence.account);
    return [...installations.values()].flatMap(outdatedAmong);
  },
};

interface Use {
  digest: string;
  first: Instant;
  last: Instant;
}

function outdatedAmong(grants: readonly Grant[]): Observation[] {
  const uses = usesIn(grants);
  return grants.flatMap((grant) => {
    const own = uses.find(({ digest }) => digest === grant.catalogue);
    const newer = uses.find(
      ({ first, last }) =>
        own !== undefined &&
        first > own.first &&
        addSeconds(first, deploymentSeconds) < grant.requestedAt &&
        last > grant.requestedAt,
    );
    if (!newer) return [];
    return aboutGrant(grant, {
      severity: 'medium',
      at: grant.requestedAt,
      message: `Request ${grant.id} names catalogue ${grant.catalogue}, while requests from ${newer.first} to ${newer.last} name ${newer.digest}: ask whether the older one was deployed again at that time.`,
      eventIds: grant.chain.links.slice(0, 1).map(({ evidence }) => evidence.eventId),
    });
  });
}

const deploymentSeconds = 3_600;

/** When each catalogue was first and last asked under, the first that was used first. */
function usesIn(grants: readonly Grant[]): Use[] {
  const times = Map.groupBy(grants, ({ catalogue }) => catalogue);
  const uses = [...times].map(([digest, requests]) => {
    const instants = requests.map(({ requestedAt }) => requestedAt).sort();
    return { digest, first: instants[0] ?? '', last: instants.at(-1) ?? '' };
  });
  return uses.sort((a, b) => (a.first < b.first ? -1 : 1));
}
