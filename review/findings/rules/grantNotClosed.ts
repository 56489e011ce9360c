import { addSeconds, type Instant, latest } from '#domain/instant.ts';
import { maximumGrantSeconds } from '#domain/lastPossibleAccess.ts';
import type { Grant } from '../../grants/grant.ts';
import { horizonOf } from '../coverage.ts';
import type { FindingRule, Material } from '../finding.ts';
import { aboutGrant, entryOf } from '../grantFacts.ts';

/**
 * A request that is over has `closed` as its last link: the sealed session is erased and the deny list written. Medium: the workflow
 * stands still, or evidence is missing from the logs. Half an hour is allowed, for what `reconcile` catches up on and for delivery.
 * Break-glass that waits for its review is told by `break-glass-not-reviewed`.
 */
export const grantNotClosed: FindingRule = {
  name: 'grant-not-closed',
  promise: 'Every request that is over is closed, and nothing more happens to it.',
  find(material) {
    const horizon = horizonOf(material);
    if (horizon === undefined) return [];
    return material.grants
      .filter((grant) => !isClosed(grant) && grant.chain.links.length > 0 && !awaitsReview(grant))
      .flatMap((grant) => {
        const overAt = overSince(grant, material);
        if (horizon < addSeconds(overAt, patienceSeconds)) return [];
        return aboutGrant(grant, {
          severity: 'medium',
          at: overAt,
          account: grant.chain.links[0]?.evidence.account,
          message: `Request ${grant.id} has been over since ${overAt}, is ${grant.status} by its evidence, and was never closed: see whether its workflow stands still, or whether log files are missing.`,
          eventIds: grant.chain.links.slice(-1).map(({ evidence }) => evidence.eventId),
        });
      });
  },
};

const patienceSeconds = 1_800;

/** Also by a link that hangs loose: that the chain is broken is told by `broken-chain`. */
const isClosed = ({ closedAt, chain }: Grant): boolean =>
  closedAt !== undefined || chain.lost.some(({ event }) => event === 'closed');

const awaitsReview = ({ breakGlass, review, sessions }: Grant): boolean =>
  breakGlass && review === undefined && sessions.length > 0;

/** When nothing was left to happen but closing. */
function overSince(grant: Grant, material: Material): Instant {
  const { status, requestedAt, window, chain } = grant;
  const last = chain.links.at(-1)?.evidence.at ?? requestedAt;
  if (status === 'pending') {
    const expiresAfter = entryOf(material, grant)?.entitlement.expiresAfter ?? maximumGrantSeconds;
    return addSeconds(requestedAt, expiresAfter);
  }
  return status === 'scheduled' || status === 'active' ? latest(last, window?.endsAt ?? last) : last;
}
