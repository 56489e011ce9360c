import { candidatesOfRules } from '#domain/approvalRules.ts';
import { type Catalogue, membershipOf } from '#domain/catalogue.ts';
import { formatDuration } from '#domain/duration.ts';
import { type CatalogueEntry, defaultDurationOf } from '#domain/entitlement.ts';
import type { Identity } from '#domain/identity.ts';
import { describePermissions } from '#domain/permissions.ts';

/** `GET /v1/entitlements`: what the caller may request, with its parameters and limits, and nothing else. */
export function listEntitlements(catalogue: Catalogue, who: Identity) {
  const items = [...catalogue.entries.values()].flatMap((entry) => {
    const mayRequest = membershipOf(catalogue, entry.entitlement.requesters, who).length > 0;
    const breakGlass = entry.entitlement.breakGlass;
    const mayBreakGlass =
      breakGlass !== undefined && membershipOf(catalogue, breakGlass.requesters, who).length > 0;
    if (!mayRequest && !mayBreakGlass) return [];
    return [
      {
        ...limitsOf(entry),
        approval: approvalOf(catalogue, entry, who),
        mayRequest,
        ...(mayBreakGlass && { breakGlass: { maxDuration: formatDuration(breakGlass.duration) } }),
      },
    ];
  });
  return { items };
}

function limitsOf({ id, entitlement, account }: CatalogueEntry) {
  return {
    id,
    title: entitlement.title,
    account,
    permissions: describePermissions(entitlement),
    maxDuration: formatDuration(entitlement.maxDuration),
    defaultDuration: formatDuration(defaultDurationOf(entitlement)),
    expiresAfter: formatDuration(entitlement.expiresAfter),
    justification: entitlement.justification,
    ...(entitlement.ticket && { ticket: entitlement.ticket }),
    parameters: Object.entries(entitlement.parameters).map(([name, { narrow: _, ...parameter }]) => ({
      name,
      ...parameter,
    })),
  };
}

/** Addresses shown of each rule: enough to know whom to talk to, and an answer that stays small whatever the groups are. */
const addressesShown = 10;

/** Whom the caller's request would have to convince, escalation left out. One without addresses can be met by nobody. */
const approvalOf = (catalogue: Catalogue, { entitlement }: CatalogueEntry, who: Identity) =>
  candidatesOfRules(catalogue, entitlement, { requester: who, escalated: false }).map((candidates, rule) => {
    const more = candidates.size - addressesShown;
    return {
      count: entitlement.approval[rule]?.count ?? 0,
      from: [...candidates].slice(0, addressesShown),
      ...(more > 0 && { more }),
    };
  });
