import type { FindingRule, Material, Observation } from '../finding.ts';
import { aboutGrant } from '../grantFacts.ts';
import { isOwn, nobodyKnown } from '../people.ts';
import { quoted } from '../words.ts';

/**
 * Nobody decides on their own request or reviews their own break-glass, under any address: case, `+tag`, the aliases of `people:`
 * and the owners of a machine count as one. Also a decision that lost a race: the function should have refused before it put it on
 * record. Critical. Limit: of a person whose address does not fit a SourceIdentity, CloudTrail has a hash of one account only.
 */
export const ownDecision: FindingRule = {
  name: 'own-decision',
  promise: 'Nobody decides on a request of their own, or reviews it.',
  find: (material) =>
    material.grants.flatMap((grant) => {
      const { links, lost, apart = [] } = grant.chain;
      return [...links.map(({ evidence }) => evidence), ...apart, ...lost]
        .filter(({ event, by }) => decisions.has(event) && isOwnUnderAny(material, grant.requester, by))
        .map(
          ({ event, at, by, eventId, account }): Observation =>
            aboutGrant(grant, {
              severity: 'critical',
              at,
              account,
              message: `Request ${grant.id} of ${quoted(grant.requester)} was ${event} by ${quoted(by)}, who is the same person: find out how that got through.`,
              eventIds: [eventId],
            }),
        );
    }),
};

const decisions = new Set(['approved', 'denied', 'reviewed']);

/** By any catalogue that was given: whoever is listed as one person in one of them is one. */
const isOwnUnderAny = ({ catalogues }: Material, requester: string, by: string): boolean =>
  [nobodyKnown, ...catalogues.values()].some((catalogue) => isOwn(catalogue, requester, by));
