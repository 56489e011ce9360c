import type { AccessRequest } from '#domain/accessRequest.ts';
import { approversOf } from '#domain/approvalRules.ts';
import { type Catalogue, membershipOf } from '#domain/catalogue.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import type { Identity } from '#domain/identity.ts';
import type { Instant } from '#domain/instant.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { RequestStore } from '../adapters/requestStore.ts';

/** What somebody is to a request; empty for a stranger. */
export interface Roles {
  requester: boolean;
  approver: boolean;
  auditor: boolean;
  admin: boolean;
}

export function rolesIn(
  catalogue: Catalogue,
  request: AccessRequest,
  { who, now }: { who: Identity; now: Instant },
): Roles {
  const { terms, decisions } = request;
  const entry = catalogue.entries.get(terms.entitlement);
  const requester = terms.requester.issuer === who.issuer && terms.requester.subject === who.subject;
  const named = (email: string): boolean =>
    (entry !== undefined && approversOf(catalogue, entry, terms, now).includes(email)) ||
    decisions.some(({ approver }) => approver.issuer === who.issuer && approver.subject === who.subject);
  return {
    requester,
    approver: !requester && who.kind === 'human' && named(who.email),
    auditor: isAuditor(catalogue, who),
    admin: membershipOf(catalogue, catalogue.admins, withoutClaims(who)).length > 0,
  };
}

/** Membership in `auditors` and `admins` comes from the catalogue alone, never from a token's claim. */
export const isAuditor = (catalogue: Catalogue, who: Identity): boolean =>
  membershipOf(catalogue, catalogue.auditors, withoutClaims(who)).length > 0;

const withoutClaims = (who: Identity): Identity => (who.kind === 'human' ? { ...who, groups: [] } : who);

/** The request and what the caller is to it. One that they may not see answers like one that is not there. */
export async function loadVisible(
  { store, catalogue }: { store: RequestStore; catalogue: Catalogue },
  { id, who, now }: { id: string; who: Identity; now: Instant },
): Promise<{ stored: StoredRequest; roles: Roles }> {
  const stored = await store.load(id);
  const roles = stored && rolesIn(catalogue, stored.request, { who, now });
  if (!roles || !Object.values(roles).some(Boolean))
    throw new RefusalError(refuse('not_found', 'There is no such request.'));
  return { stored, roles };
}
