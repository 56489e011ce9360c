import {
  addressesOf,
  type Catalogue,
  isOwnRequest,
  isSamePerson,
  type Person,
  personKeyOf,
} from './catalogue.ts';
import type { CatalogueEntry, Entitlement } from './entitlement.ts';
import { type Refusal, refuse } from './errors.ts';
import { addSeconds, type Instant } from './instant.ts';
import type { Terms } from './terms.ts';

type Rules = Pick<Entitlement, 'approval' | 'escalation'>;
type WhoIsWho = Pick<Catalogue, 'groups' | 'people' | 'machines'>;

/** "Escalation adds candidates to a rule and never lowers its count", from `escalation.after` on. */
export const isEscalated = (entitlement: Rules, createdAt: Instant, at: Instant): boolean =>
  entitlement.escalation !== undefined && at >= addSeconds(createdAt, entitlement.escalation.after);

/** The addresses that may approve under each rule, at a time. Nobody is a candidate on their own request. */
export function candidatesOfRules(
  catalogue: WhoIsWho,
  { approval, escalation }: Rules,
  { requester, escalated }: { requester: Person; escalated: boolean },
): Set<string>[] {
  const added = escalated && escalation ? addressesOf(catalogue, escalation.to) : new Set<string>();
  return approval.map(({ from }) => {
    const candidates = addressesOf(catalogue, from).union(added);
    return new Set([...candidates].filter((email) => !isOwnRequest(catalogue, requester, { email })));
  });
}

/** Everyone who may decide on the request at a time, in the catalogue's order. */
export function approversOf(catalogue: WhoIsWho, entry: CatalogueEntry, terms: Terms, at: Instant): string[] {
  const escalated = isEscalated(entry.entitlement, terms.createdAt, at);
  const rules = candidatesOfRules(catalogue, entry.entitlement, { requester: terms.requester, escalated });
  return [...rules.reduce((all, candidates) => all.union(candidates), new Set<string>())];
}

export interface Approval {
  approver: { issuer: string; subject: string; email: string };
  decidedAt: Instant;
}

/**
 * "Every rule must be met, and one person counts once across all rules": whether the approvals can be dealt out to the
 * rules, each to at most one, so that every rule has its count. Whether an approver was a candidate is judged at the time
 * of their decision; the requester's own approval, under any alias, counts for nothing.
 */
export function rulesAreMet(
  catalogue: WhoIsWho,
  entitlement: Rules,
  { terms, approvals }: { terms: Pick<Terms, 'requester' | 'createdAt'>; approvals: readonly Approval[] },
): boolean {
  const people = approvals.filter(
    ({ approver }, index) =>
      !approverIsRequester(catalogue, terms, approver) &&
      !approvals.slice(0, index).some((earlier) => isSamePerson(catalogue, earlier.approver, approver)),
  );
  const fits = ({ approver, decidedAt }: Approval, rule: number): boolean => {
    const escalated = isEscalated(entitlement, terms.createdAt, decidedAt);
    const candidates = candidatesOfRules(catalogue, entitlement, { requester: terms.requester, escalated });
    return candidates[rule]?.has(approver.email) ?? false;
  };
  return seatsCanBeFilled(people, seatsOf(entitlement), fits);
}

/** "A group that is empty or gone fails closed, visibly": whether the candidates, escalation included, could ever meet the rules. */
export function rulesCanBeMet(catalogue: WhoIsWho, entitlement: Rules, requester: Person): boolean {
  const rules = candidatesOfRules(catalogue, entitlement, { requester, escalated: true });
  const people = new Set(
    rules.flatMap((candidates) => [...candidates].map((email) => personKeyOf(catalogue, email))),
  );
  const fits = (person: string, rule: number): boolean =>
    [...(rules[rule] ?? [])].some((email) => personKeyOf(catalogue, email) === person);
  return seatsCanBeFilled([...people], seatsOf(entitlement), fits);
}

/** One seat, named by its rule, for each approval that is needed. */
const seatsOf = ({ approval }: Rules): number[] =>
  approval.flatMap(({ count }, rule) => Array.from({ length: count }, () => rule));

/** Maximum bipartite matching by augmenting paths (Kuhn): whether every seat gets a person of its own. */
function seatsCanBeFilled<Candidate>(
  people: readonly Candidate[],
  seats: readonly number[],
  fits: (person: Candidate, rule: number) => boolean,
): boolean {
  const seatOf = new Map<Candidate, number>();
  const seat = (index: number, tried: Set<Candidate>): boolean =>
    people.some((person) => {
      if (tried.has(person) || !fits(person, seats[index] ?? -1)) return false;
      tried.add(person);
      const taken = seatOf.get(person);
      if (taken !== undefined && !seat(taken, tried)) return false;
      seatOf.set(person, index);
      return true;
    });
  return seats.every((_, index) => seat(index, new Set()));
}

/** "Nobody decides on their own request under any of their addresses", nor on that of a machine they run. */
export function approverIsRequester(
  catalogue: WhoIsWho,
  terms: Pick<Terms, 'requester'>,
  approver: Person,
): boolean {
  return isOwnRequest(catalogue, terms.requester, approver);
}

/** Why this person may not decide on this request now, or undefined. */
export function approverRefusal(
  catalogue: WhoIsWho,
  entry: CatalogueEntry,
  { terms, approver, at }: { terms: Terms; approver: Person & { email: string }; at: Instant },
): Refusal | undefined {
  if (approverIsRequester(catalogue, terms, approver))
    return refuse(
      'own_request',
      'Nobody decides on their own request. Somebody else who was invited has to.',
    );
  if (!approversOf(catalogue, entry, terms, at).includes(approver.email))
    return refuse('not_an_approver', 'You are not among the approvers of this request.');
  return undefined;
}
