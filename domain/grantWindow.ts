import type { Decision, GrantWindow } from './accessRequest.ts';
import { rulesAreMet } from './approvalRules.ts';
import { type Catalogue, membershipOf } from './catalogue.ts';
import { policyFollowsFrom, termsFollowFrom } from './derivedTerms.ts';
import type { CatalogueEntry } from './entitlement.ts';
import { addSeconds, latest } from './instant.ts';
import { requestDigest, type Terms } from './terms.ts';

type WhoIsWho = Pick<Catalogue, 'groups' | 'people' | 'machines'>;

/** Why an approved request is not issued: words that the requester reads in `reason`. */
export type IssueFailure =
  | 'record_altered'
  | 'entitlement_changed'
  | 'requester_not_eligible'
  | 'approval_rules_not_met'
  | 'decided_too_late';

/** Nobody has to approve: the entitlement has no rules, or it is break-glass, which is reviewed afterwards. */
export const needsNoApproval = (
  terms: Pick<Terms, 'breakGlass'>,
  { entitlement }: Pick<CatalogueEntry, 'entitlement'>,
): boolean => terms.breakGlass || entitlement.approval.length === 0;

/**
 * "The clock starts at the last needed approval, or at `startAt` when that is later", and "the shortest duration
 * counts". Reads sealed times only.
 */
export function grantWindow(
  terms: Terms,
  decisions: readonly Pick<Decision, 'decision' | 'decidedAt' | 'durationSeconds'>[],
): GrantWindow {
  const approvals = decisions.filter(({ decision }) => decision === 'approve');
  const startsAt = latest(
    terms.createdAt,
    ...approvals.map(({ decidedAt }) => decidedAt),
    ...(terms.startAt ? [terms.startAt] : []),
  );
  const durations = approvals.flatMap(({ durationSeconds }) => durationSeconds ?? []);
  return { startsAt, endsAt: addSeconds(startsAt, Math.min(terms.durationSeconds, ...durations)) };
}

/**
 * Judges a request for issuing with today's catalogue, whatever its status says: the digest recomputed from the terms, the
 * entry unchanged, the requester still eligible, every approval rule met by decisions made in time. The seals that prove
 * terms and decisions are verified beside this.
 */
export function authorisedWindow(
  catalogue: WhoIsWho,
  entry: CatalogueEntry | undefined,
  { terms, digest, decisions }: { terms: Terms; digest: string; decisions: readonly Decision[] },
): GrantWindow | { failure: IssueFailure } {
  if (requestDigest(terms) !== digest) return { failure: 'record_altered' };
  if (entry?.entitlementDigest !== terms.entitlementDigest) return { failure: 'entitlement_changed' };
  if (!requesterIsEligible(catalogue, entry, terms)) return { failure: 'requester_not_eligible' };
  if (!termsFollowFrom(entry, terms)) return { failure: 'record_altered' };
  // Also after a release that renders policies differently: nobody approved the new text.
  if (!policyFollowsFrom(entry, terms)) return { failure: 'entitlement_changed' };
  if (decisions.some(({ decidedAt }) => decidedAt >= terms.expiresAt || decidedAt < terms.createdAt))
    return { failure: 'decided_too_late' };
  const met =
    needsNoApproval(terms, entry) ||
    rulesAreMet(catalogue, entry.entitlement, {
      terms,
      approvals: decisions.filter(({ decision }) => decision === 'approve'),
    });
  if (!met || decisions.some(({ decision }) => decision === 'deny'))
    return { failure: 'approval_rules_not_met' };
  return grantWindow(terms, decisions);
}

/** "Re-runs the rules with today's catalogue": a group that came from the signed token counts as it stood then. */
function requesterIsEligible(
  catalogue: WhoIsWho,
  { entitlement }: CatalogueEntry,
  { requester, breakGlass }: Terms,
): boolean {
  const people = breakGlass ? entitlement.breakGlass?.requesters : entitlement.requesters;
  if (!people) return false;
  const { issuer, subject, email, claimedGroups: groups } = requester;
  const who =
    email === undefined
      ? ({ kind: 'machine', issuer, subject } as const)
      : ({ kind: 'human', issuer, subject, email, groups } as const);
  return membershipOf(catalogue, people, who).length > 0;
}
