import type { AccessRequest } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { formatDuration } from '#domain/duration.ts';
import { describePermissions } from '#domain/permissions.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { Roles } from './visibility.ts';

/** A request as lists and answers show it. Every field comes from the record or the catalogue, none from the caller. */
export function summaryOf(catalogue: Catalogue, request: AccessRequest) {
  const { terms, status, decisions, review } = request;
  const { issuer, subject, email, kind } = terms.requester;
  const title = catalogue.entries.get(terms.entitlement)?.entitlement.title ?? terms.entitlement;
  return {
    id: terms.id,
    status,
    entitlement: terms.entitlement,
    title,
    requester: { kind, issuer, subject, ...(email !== undefined && { email }) },
    duration: formatDuration(terms.durationSeconds),
    justification: terms.justification,
    ...(terms.ticket !== undefined && { ticket: terms.ticket }),
    parameters: terms.parameters,
    breakGlass: terms.breakGlass,
    createdAt: terms.createdAt,
    expiresAt: terms.expiresAt,
    ...(terms.startAt !== undefined && { startAt: terms.startAt }),
    ...('window' in request &&
      request.window && { startsAt: request.window.startsAt, endsAt: request.window.endsAt }),
    ...('closedAt' in request && { closedAt: request.closedAt }),
    ...(request.status === 'failed' && { reason: request.reason }),
    decisions: decisions.map(({ decision, approver, decidedAt, durationSeconds, comment }) => ({
      decision,
      approver: { email: approver.email },
      decidedAt,
      ...(durationSeconds !== undefined && { duration: formatDuration(durationSeconds) }),
      ...(comment !== undefined && { comment }),
    })),
    ...(review && { review }),
  };
}

/** The request with all that an approver decides on, who was asked, and its history. */
export function detailOf(catalogue: Catalogue, { request, upkeep }: StoredRequest, roles: Roles) {
  const { terms } = request;
  const entry = catalogue.entries.get(terms.entitlement);
  const unchanged = entry?.entitlementDigest === terms.entitlementDigest;
  const accountId = terms.roleArn.split(':')[4] ?? '';
  return {
    ...summaryOf(catalogue, request),
    account: { id: accountId, title: entry?.account.id === accountId ? entry.account.title : accountId },
    role: terms.roleArn,
    roles: Object.entries(roles).flatMap(([role, is]) => (is ? [role] : [])),
    // When the catalogue has moved on, its words would describe something else than what was asked for.
    permissions: unchanged
      ? describePermissions(entry.entitlement, terms.parameters)
      : ['The entitlement has changed since this was asked for: nothing will be issued for it.'],
    invitations: Object.entries(upkeep.invitations).map(([email, { invitedAt, failed }]) => ({
      email,
      invitedAt,
      ...(failed !== undefined && { failed }),
    })),
    ...(upkeep.deniedUntil && request.status !== 'denied' && { accessEndEstimatedAt: accessEnd(request) }),
    digest: request.digest,
    history: request.history,
  };
}

/** IAM changes reach every endpoint within seconds to minutes: an estimate, never a promise. */
function accessEnd(request: AccessRequest): string | undefined {
  return 'closedAt' in request
    ? new Date(Date.parse(request.closedAt) + 60_000).toISOString().replace('.000', '')
    : undefined;
}
