import type { FindingRule } from '../finding.ts';
import { aboutGrant, entryOf, wasGranted } from '../grantFacts.ts';
import { canBeAmong } from '../people.ts';
import { quoted } from '../words.ts';

/**
 * Who asked is one of those that the catalogue lets ask. High: an approver let it through all the same. Medium where a group may ask, since
 * a token can name groups and CloudTrail does not show it. Break-glass has nobody who lets it through, and is a matter of
 * `missing-decision`. Limit: nothing is said where all members of a group come by token, nor of people shown as a hash where one of them
 * may ask.
 */
export const requesterNotEligible: FindingRule = {
  name: 'requester-not-eligible',
  promise: 'Only those whom the catalogue names get what it offers.',
  find: (material) =>
    material.grants
      .filter((grant) => wasGranted(grant) && !grant.breakGlass && grant.requester !== '')
      .flatMap((grant) => {
        const catalogue = material.catalogues.get(grant.catalogue);
        const people = entryOf(material, grant)?.entitlement.requesters;
        if (!catalogue || !people || canBeAmong(catalogue, people, grant.requester)) return [];
        return aboutGrant(grant, {
          // Where a group may ask, a token could have named it.
          severity: people.groups.length > 0 ? 'medium' : 'high',
          at: grant.requestedAt,
          message: `Request ${grant.id} for ${quoted(grant.entitlement)} is by ${quoted(grant.requester)}, whom the catalogue of that time does not let ask for it: find out how it came to be, unless a group in the token says otherwise.`,
          eventIds: grant.chain.links.slice(0, 1).map(({ evidence }) => evidence.eventId),
        });
      }),
};
