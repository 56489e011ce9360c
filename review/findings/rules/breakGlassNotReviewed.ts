import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Grant } from '../../grants/grant.ts';
import { horizonOf } from '../coverage.ts';
import type { FindingRule, Material } from '../finding.ts';
import { aboutGrant, attestationSeconds, entryOf } from '../grantFacts.ts';
import { quoted } from '../words.ts';

/**
 * Somebody else reviews every use of break-glass within the time that its entitlement gives (24 hours where the catalogue of that
 * time is not given). High where nobody did by the end of the logs or the period: nobody has answered for that access. Medium where
 * it was reviewed late.
 */
export const breakGlassNotReviewed: FindingRule = {
  name: 'break-glass-not-reviewed',
  promise: 'Somebody else reviews every use of break-glass in time.',
  find: (material) =>
    material.grants
      .filter(({ breakGlass, sessions }) => breakGlass && sessions.length > 0)
      .flatMap((grant) => {
        const due = dueAt(grant, material);
        const { review, requester } = grant;
        const horizon = horizonOf(material);
        const isLate = review !== undefined && review.at > addSeconds(due, attestationSeconds);
        const isMissing = review === undefined && horizon !== undefined && horizon > due;
        if (!isLate && !isMissing) return [];
        const what = review ? `was reviewed at ${review.at} only` : 'has not been reviewed';
        return aboutGrant(grant, {
          severity: review ? 'medium' : 'high',
          at: due,
          account: grant.sessions[0]?.roleArn.split(':')[4],
          message: `Break-glass request ${grant.id} of ${quoted(requester)} ${what}, and was due at ${due}: ${review ? 'ask what held it up' : 'have somebody else review it now'}.`,
          eventIds: grant.sessions.map(({ issuance }) => issuance.event.id),
        });
      }),
};

const dueAt = (grant: Grant, material: Material): Instant =>
  addSeconds(
    grant.requestedAt,
    entryOf(material, grant)?.entitlement.breakGlass?.reviewWithin ?? defaultReviewSeconds,
  );

const defaultReviewSeconds = 86_400;
