import { candidatesOfRules, rulesCanBeMet } from './approvalRules.ts';
import { addressesOf, type Catalogue, type Person, personKeyOf } from './catalogue.ts';
import type { CatalogueFinding } from './catalogueFinding.ts';
import type { CatalogueEntry, Entitlement } from './entitlement.ts';

/** Where nobody has to countersign, and where nobody can: of one entitlement, for any requester or for some. */
export function approverReach(catalogue: Catalogue, entry: CatalogueEntry): CatalogueFinding[] {
  if (entry.entitlement.approval.length === 0)
    return [
      warning(entry, [], 'is empty: access without approval. Add a rule, unless that is what you want'),
    ];
  // As for a requester whom no rule names: nobody's approval is their own.
  if (!rulesCanBeMet(catalogue, entry.entitlement, {})) return unreachable(catalogue, entry);
  return [...selfOnly(catalogue, entry), ...unreviewed(catalogue, entry)];
}

/** The rules that name too few people; where each has enough, it is the same people that they name. */
function unreachable(catalogue: Catalogue, entry: CatalogueEntry): CatalogueFinding[] {
  const short = entry.entitlement.approval.flatMap((rule, index) => {
    const people = peopleOf(catalogue, entry.entitlement, rule);
    const message = `wants ${rule.count} of the ${people} people it names: no request can be approved. Name more people, or lower the count`;
    return people < rule.count ? [fault(entry, [index], message)] : [];
  });
  const message =
    'can never be met: one person counts once over all rules, and together they name too few. Name more people';
  return short.length > 0 ? short : [fault(entry, [], message)];
}

/** Requesters without whom too few approvers are left: nobody decides on their own request. */
function selfOnly(catalogue: Catalogue, entry: CatalogueEntry): CatalogueFinding[] {
  const approvers = approversIn(catalogue, entry.entitlement);
  const spare = sparePeople(catalogue, entry);
  const requesters = requestersOf(catalogue, entry);
  // Of everybody else it is known already that the rules can be met; and a team of thousands that approves its own is not tried one by one.
  const mayBeStuck = ({ person, owners }: Requester): boolean =>
    owners > spare && (person.email === undefined || approvers.has(personKeyOf(catalogue, person.email)));
  const stuck = requesters.filter(
    (requester) => mayBeStuck(requester) && !rulesCanBeMet(catalogue, entry.entitlement, requester.person),
  );
  if (stuck.length === 0) return [];
  const names = listed(stuck.map(({ name }) => name));
  const left = 'too few others are left';
  return stuck.length === requesters.length
    ? [fault(entry, [], `can be met for nobody who may ask (${names}): ${left}. Name other approvers`)]
    : [warning(entry, [], `cannot be met when ${names} asks: ${left}. Name more people`)];
}

/** How many people every rule can do without, even where all rules name the same ones. */
function sparePeople(catalogue: Catalogue, { entitlement }: CatalogueEntry): number {
  const seats = entitlement.approval.reduce((sum, { count }) => sum + count, 0);
  const people = entitlement.approval.map((rule) => peopleOf(catalogue, entitlement, rule));
  return Math.min(...people) - seats;
}

/** Break-glass access is reviewed by an approver other than who used it, and blocks their next until then. */
function unreviewed(catalogue: Catalogue, entry: CatalogueEntry): CatalogueFinding[] {
  const { approval, breakGlass } = entry.entitlement;
  if (!breakGlass) return [];
  const stuck = [...addressesOf(catalogue, breakGlass.requesters)].filter((email) =>
    candidatesOfRules(catalogue, { approval }, { requester: { email }, escalated: false }).every(
      (candidates) => candidates.size === 0,
    ),
  );
  if (stuck.length === 0) return [];
  const message = `leaves nobody to review it after ${listed(stuck)}: there is no other approver. Name more people in approval`;
  return [{ severity: 'warning', path: ['entitlements', entry.id, 'breakGlass'], message }];
}

interface Requester {
  name: string;
  person: Person;
  /** How many people must not decide on what this one asks for. */
  owners: number;
}

/** Everyone whom the catalogue lets ask. Groups that only a token knows are not in it. */
function requestersOf(catalogue: Catalogue, { entitlement }: CatalogueEntry): Requester[] {
  const { requesters } = entitlement;
  return [
    ...[...addressesOf(catalogue, requesters)].map((email) => ({
      name: email,
      person: { email },
      owners: 1,
    })),
    ...Object.entries(catalogue.machines)
      .filter(([name]) => requesters.machines.includes(name))
      .map(([name, { issuer, subject, owners }]) => ({
        name,
        person: { issuer, subject },
        owners: owners.length,
      })),
  ];
}

/** The people, each by one text, whom any rule names, or the escalation. */
const approversIn = (catalogue: Catalogue, entitlement: Entitlement): Set<string> =>
  new Set(
    candidatesOfRules(catalogue, entitlement, { requester: {}, escalated: true }).flatMap((candidates) =>
      [...candidates].map((email) => personKeyOf(catalogue, email)),
    ),
  );

/** How many people one rule names, or the escalation. */
const peopleOf = (
  catalogue: Catalogue,
  entitlement: Entitlement,
  rule: Entitlement['approval'][number],
): number => approversIn(catalogue, { ...entitlement, approval: [rule] }).size;

const mostNames = 3;

function listed(names: string[]): string {
  const left = names.length - mostNames;
  return left > 0 ? `${names.slice(0, mostNames).join(', ')} or ${left} more` : names.join(' or ');
}

const finding =
  (severity: CatalogueFinding['severity']) =>
  ({ id }: CatalogueEntry, path: number[], message: string): CatalogueFinding => ({
    severity,
    path: ['entitlements', id, 'approval', ...path],
    message,
  });

const fault = finding('fault');
const warning = finding('warning');
