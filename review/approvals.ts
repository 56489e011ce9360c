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
  /** To whom it had escalated, where one of these approved after that: they count for each rule from so many seconds on. */
  escalation?: { after: number; to: string[] } | undefined;
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
    const rules = { grant, catalogue, entitlement };
    const approved = grant.decisions.filter(({ decision }) => decision === 'approve');
    return {
      requestId: grant.id,
      needed: entitlement.approval.map(({ count, from }) => ({ count, from: namesIn(from) })),
      given: approved.map((decision) => ({ by: decision.by, as: candidacyOf(decision, rules) })),
      escalation: approved.some((decision) => cameByEscalation(decision, rules))
        ? escalationIn(entitlement)
        : undefined,
    };
  });

const namesIn = ({ groups, people }: People): string[] => [...groups, ...people];

const escalationIn = ({ escalation }: Entitlement): Approvals['escalation'] =>
  escalation && { after: escalation.after, to: namesIn(escalation.to) };

interface Rules {
  grant: Grant;
  catalogue: Catalogue;
  entitlement: Entitlement;
}

interface Decided {
  by: string;
  at: Instant;
}

/** The groups, or the own address, by which somebody was a candidate at the time of their decision. */
function candidacyOf(
  { by, at }: Decided,
  { grant: { requester, requestedAt }, catalogue, entitlement }: Rules,
): string[] {
  if (isOwn(catalogue, requester, by)) return [];
  const { approval, escalation } = entitlement;
  const escalated = isEscalated(entitlement, requestedAt, at);
  const lists = [...approval.map(({ from }) => from), ...(escalated && escalation ? [escalation.to] : [])];
  return [...new Set(lists.flatMap((people) => membershipIn(catalogue, people, by)))];
}

/** Whether somebody could approve because the request had escalated to them. */
const cameByEscalation = (
  { by, at }: Decided,
  { grant: { requester, requestedAt }, catalogue, entitlement }: Rules,
): boolean =>
  entitlement.escalation !== undefined &&
  isEscalated(entitlement, requestedAt, at) &&
  !isOwn(catalogue, requester, by) &&
  membershipIn(catalogue, entitlement.escalation.to, by).length > 0;

const membershipIn = (catalogue: Catalogue, people: People, by: string): string[] =>
  membershipOf(catalogue, people, { kind: 'human', issuer: '', subject: by, email: by, groups: [] });
