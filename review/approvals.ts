import { isEscalated } from '#domain/approvalRules.ts';
import { type Catalogue, membershipOf } from '#domain/catalogue.ts';
import type { Entitlement, People } from '#domain/entitlement.ts';
import type { Instant } from '#domain/instant.ts';
import { isOwn } from './findings/people.ts';
import type { Grant } from './grants/grant.ts';

/** What the catalogue of a request asks for, and what the request got: for people to compare. `missing-decision` judges it. */
export interface Approvals {
  requestId: string;
  /** One for each approval rule: so many of these groups and people. */
  needed: { count: number; from: string[] }[];
  /** Who approved, with the groups that make them a candidate; none for whoever is no candidate under that catalogue. */
  given: { by: string; as: string[] }[];
}

/** Of each request whose catalogue is known and has its entitlement. */
export const approvalsOf = (
  grants: readonly Grant[],
  catalogues: ReadonlyMap<string, Catalogue>,
): Approvals[] =>
  grants.flatMap((grant) => {
    const catalogue = catalogues.get(grant.catalogue);
    const entitlement = catalogue?.entries.get(grant.entitlement)?.entitlement;
    if (!catalogue || !entitlement) return [];
    return {
      requestId: grant.id,
      needed: entitlement.approval.map(({ count, from }) => ({ count, from: namesIn(from) })),
      given: grant.decisions
        .filter(({ decision }) => decision === 'approve')
        .map((decision) => ({
          by: decision.by,
          as: candidacyOf(decision, { grant, catalogue, entitlement }),
        })),
    };
  });

const namesIn = ({ groups, people }: People): string[] => [...groups, ...people];

interface Rules {
  grant: Grant;
  catalogue: Catalogue;
  entitlement: Entitlement;
}

/** The groups, or the own address, by which somebody was a candidate at the time of their decision. */
function candidacyOf(
  { by, at }: { by: string; at: Instant },
  { grant: { requester, requestedAt }, catalogue, entitlement }: Rules,
): string[] {
  if (isOwn(catalogue, requester, by)) return [];
  const { approval, escalation } = entitlement;
  const escalated = isEscalated(entitlement, requestedAt, at);
  const lists = [...approval.map(({ from }) => from), ...(escalated && escalation ? [escalation.to] : [])];
  const who = { kind: 'human' as const, issuer: '', subject: by, email: by, groups: [] };
  return [...new Set(lists.flatMap((people) => membershipOf(catalogue, people, who)))];
}
