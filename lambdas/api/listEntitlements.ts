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
    return mayRequest || mayBreakGlass ? [viewOf(entry, { mayRequest, mayBreakGlass })] : [];
  });
  return { items };
}

function viewOf(
  { id, entitlement, account }: CatalogueEntry,
  { mayRequest, mayBreakGlass }: { mayRequest: boolean; mayBreakGlass: boolean },
) {
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
    approvals: entitlement.approval.reduce((sum, { count }) => sum + count, 0),
    mayRequest,
    ...(mayBreakGlass &&
      entitlement.breakGlass && {
        breakGlass: { maxDuration: formatDuration(entitlement.breakGlass.duration) },
      }),
  };
}
