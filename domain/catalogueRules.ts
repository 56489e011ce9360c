import type { CatalogueDocument } from './catalogueSchema.ts';
import { type Entitlement, type People, roleNameOf } from './entitlement.ts';
import { withoutTag } from './identity.ts';

interface Fault {
  path: string[];
  message: string;
}

/** Every rule of a catalogue that concerns more than one entry. Names are own keys only: `constructor` names nothing. */
export const catalogueFaults = (document: CatalogueDocument): Fault[] => [
  ...peopleFaults(document),
  ...machineFaults(document),
  ...roleFaults(document),
  ...unknownNames(document, ['auditors'], document.auditors),
  ...unknownNames(document, ['admins'], document.admins),
  ...Object.entries(document.entitlements).flatMap(([id, entry]) => entryFaults(document, id, entry)),
];

/** An address in two lists would make two people of one. */
function peopleFaults({ people }: CatalogueDocument): Fault[] {
  const addresses = people.flatMap((list) => [...new Set(list.map(withoutTag))]);
  const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
  return [...new Set(twice)].map((address) => ({
    path: ['people'],
    message: `lists ${address} for two people`,
  }));
}

function machineFaults({ machines, targets }: CatalogueDocument): Fault[] {
  const targetAccounts = new Set(Object.values(targets).map(({ account }) => account));
  return Object.entries(machines)
    .filter(([, { account }]) => targetAccounts.has(account))
    .map(([name]) => ({
      path: ['machines', name],
      message: 'lives in a target account: what has access there must not ask for more',
    }));
}

/** Two entitlements with one role would share its deny list, and so their fate. IAM ignores letter case in role names. */
function roleFaults({ entitlements, targets }: CatalogueDocument): Fault[] {
  const seen = new Set<string>();
  return Object.entries(entitlements).flatMap(([id, entry]) => {
    const account = Object.hasOwn(targets, entry.target) ? targets[entry.target]?.account : undefined;
    const role = `${account}/${roleNameOf(entry).toLowerCase()}`;
    const taken = seen.has(role);
    seen.add(role);
    return taken
      ? [
          {
            path: ['entitlements', id, 'role'],
            message: 'belongs to another entitlement: two grants would share fate',
          },
        ]
      : [];
  });
}

function entryFaults(document: CatalogueDocument, id: string, entry: Entitlement): Fault[] {
  const path = ['entitlements', id];
  return [
    ...(Object.hasOwn(document.targets, entry.target)
      ? []
      : [{ path: [...path, 'target'], message: `names no target of the catalogue: ${entry.target}` }]),
    ...namedPeople(entry).flatMap(([key, people]) => unknownNames(document, [...path, key], people)),
  ];
}

function namedPeople(entry: Entitlement): [key: string, people: People][] {
  return [
    ['requesters', entry.requesters],
    ...entry.approval.map(({ from }): [string, People] => ['approval', from]),
    ...(entry.escalation ? [['escalation', entry.escalation.to] satisfies [string, People]] : []),
    ...(entry.breakGlass ? [['breakGlass', entry.breakGlass.requesters] satisfies [string, People]] : []),
  ];
}

function unknownNames(document: CatalogueDocument, path: string[], people: People): Fault[] {
  const groups = people.groups.filter((group) => !Object.hasOwn(document.groups, group));
  const machines = people.machines.filter((machine) => !Object.hasOwn(document.machines, machine));
  return [
    ...groups.map((name) => ({ path, message: `names a group that does not exist: ${name}` })),
    ...machines.map((name) => ({ path, message: `names a machine that does not exist: ${name}` })),
  ];
}
