import { rulesAreMet } from '#domain/approvalRules.ts';
import { addressesOf, type Catalogue } from '#domain/catalogue.ts';
import type { Entitlement, People } from '#domain/entitlement.ts';
import { addSeconds, earliest, type Instant } from '#domain/instant.ts';
import { madeAtOf } from '#domain/lastPossibleAccess.ts';
import type { Grant } from '../../grants/grant.ts';
import { laterCatalogues } from '../cataloguesInForce.ts';
import type { FindingRule, Material } from '../finding.ts';
import {
  aboutGrant,
  attestationSeconds,
  beganBeforeLogs,
  clockTolerance,
  entryOf,
  wasGranted,
} from '../grantFacts.ts';
import { canBeAmong, isOwn, isShownAsHash, nobodyKnown, personOf } from '../people.ts';
import { quoted } from '../words.ts';

/**
 * A grant has every approval that the catalogue then in force asks for, made before it began; or it is break-glass of somebody who
 * may use that. Critical: it is access that was not approved; high where a group in a token, which CloudTrail does not show, could have
 * let somebody use break-glass. Members of a group may change while a request is open, and the rules are
 * run again with the catalogue of the day of issue, so any catalogue counts that may have been in force then. Without the catalogue,
 * one approval by somebody else is asked for. Limits: a person whose address does not fit a SourceIdentity is shown as a hash and
 * counts as any candidate of that kind; a grant whose request lies before the logs is told by `broken-chain` only.
 */
export const missingDecision: FindingRule = {
  name: 'missing-decision',
  promise: 'Every grant has the approvals that the catalogue then in force asks for, or is break-glass.',
  find: (material) =>
    material.grants
      .filter((grant) => wasGranted(grant) && !beganBeforeLogs(grant, material))
      .flatMap((grant) => {
        const missing = missingIn(grant, material);
        if (missing === undefined) return [];
        return aboutGrant(grant, {
          severity: mayBeByToken(grant, material) ? 'high' : 'critical',
          at: grantedAt(grant),
          message: `Request ${grant.id} of ${quoted(grant.requester)} for ${quoted(grant.entitlement)} was granted, and ${missing}: treat it as access that nobody approved.`,
          eventIds: [
            ...grant.decisions.map(({ eventId }) => eventId),
            ...grant.sessions.map(({ issuance }) => issuance.event.id),
          ],
        });
      }),
};

const grantedAt = ({ sessions, window, requestedAt }: Grant): Instant => {
  const issued = sessions.map(({ issuedAt }) => issuedAt);
  if (issued.length === 0) return window?.startsAt ?? requestedAt;
  return issued.reduce((first, moment) => earliest(first, moment));
};

/** Whether all that speaks against break-glass is that the catalogue does not list its requester in a group. */
function mayBeByToken(grant: Grant, material: Material): boolean {
  const { breakGlass } = entryOf(material, grant)?.entitlement ?? {};
  return grant.breakGlass && grant.decisions.length === 0 && (breakGlass?.requesters.groups.length ?? 0) > 0;
}

/** What a grant lacks, as half a sentence. */
function missingIn(grant: Grant, material: Material): string | undefined {
  const denial = grant.decisions.find(({ decision }) => decision === 'deny');
  if (denial) return `${quoted(denial.by)} had denied it`;
  const late = grant.decisions.find((decision) => isLate(decision.at, grant));
  if (late) return `${quoted(late.by)} approved it only at ${late.at}`;
  const asked = material.catalogues.get(grant.catalogue);
  if (!asked) return missingWithoutCatalogue(grant);
  const entitlement = entryOf(material, grant)?.entitlement;
  if (!entitlement) return 'the catalogue of that time has no such entitlement';
  if (grant.breakGlass) return missingForBreakGlass(grant, asked, entitlement);
  const isMet = (catalogue: Catalogue): boolean => isApproved(grant, catalogue);
  if (isMet(asked) || laterCatalogues(grant, material).some(isMet)) return undefined;
  const approvers = grant.decisions.map(({ by }) => quoted(by)).join(', ');
  return approvers === ''
    ? 'nobody had approved it'
    : `its approvers (${approvers}) do not meet its approval rules`;
}

/** After the window began, or after a session that needed it: an approval is on record before it counts. */
const isLate = (decidedAt: Instant, { window, sessions }: Grant): boolean =>
  (window !== undefined && decidedAt > addSeconds(window.startsAt, attestationSeconds)) ||
  sessions.some(({ issuedAt }) => decidedAt > addSeconds(issuedAt, clockTolerance));

const missingWithoutCatalogue = (grant: Grant): string | undefined =>
  grant.breakGlass || grant.decisions.some(({ by }) => !isOwn(nobodyKnown, grant.requester, by))
    ? undefined
    : 'nobody else had approved it';

function missingForBreakGlass(
  grant: Grant,
  catalogue: Catalogue,
  { breakGlass }: Entitlement,
): string | undefined {
  if (!breakGlass) return 'its entitlement has no break-glass';
  return canBeAmong(catalogue, breakGlass.requesters, grant.requester)
    ? undefined
    : 'its requester may not use break-glass, unless a group in their token says otherwise';
}

function isApproved(grant: Grant, catalogue: Catalogue): boolean {
  const entitlement = entryOf({ catalogues: new Map([[grant.catalogue, catalogue]]) }, grant)?.entitlement;
  if (!entitlement) return false;
  if (entitlement.approval.length === 0) return true;
  const { email, ...person } = personOf(catalogue, grant.requester);
  const requester = {
    kind: email === undefined ? ('machine' as const) : ('human' as const),
    ...person,
    ...(email !== undefined && { email }),
    groups: [],
    claimedGroups: [],
  };
  const approvals = grant.decisions.map(({ by, at }) => ({
    approver: { issuer: '', subject: by, email: by },
    decidedAt: at,
  }));
  const hashes = grant.decisions.map(({ by }) => by).filter((by) => !by.includes('@'));
  return rulesAreMet(catalogue, withHashes(entitlement, catalogue, hashes), {
    terms: { requester, createdAt: madeAt(grant) },
    approvals,
  });
}

/** Approvers who are shown as a hash stand for any candidate whose address would be. */
function withHashes(entitlement: Entitlement, catalogue: Catalogue, hashes: readonly string[]): Entitlement {
  const admitting = <Named extends People>(people: Named): Named =>
    [...addressesOf(catalogue, people)].some(isShownAsHash)
      ? { ...people, people: [...people.people, ...hashes] }
      : people;
  const { approval, escalation } = entitlement;
  return {
    ...entitlement,
    approval: approval.map((rule) => ({ ...rule, from: admitting(rule.from) })),
    ...(escalation && { escalation: { ...escalation, to: admitting(escalation.to) } }),
  };
}

/** By the id, which the request was given when it was made; an id of another day was claimed for it earlier. */
function madeAt({ id, requestedAt }: Grant): Instant {
  const claimedAt = madeAtOf(id);
  return claimedAt <= requestedAt && addSeconds(claimedAt, attestationSeconds) >= requestedAt
    ? claimedAt
    : requestedAt;
}
