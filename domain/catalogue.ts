import type { CatalogueDocument } from './catalogueSchema.ts';
import type { CatalogueEntry, People } from './entitlement.ts';
import { type Identity, normaliseEmail, withoutTag } from './identity.ts';

/** All entitlements, and who is who. */
export interface Catalogue extends Omit<CatalogueDocument, 'entitlements'> {
  entries: Map<string, CatalogueEntry>;
  /** Of the whole document: evidence in every request (`cs:catalogue`). */
  digest: string;
}

/** The catalogue as a text that is bundled with the functions: parsed and digested once, when it is deployed. */
export const packCatalogue = (catalogue: Catalogue): string =>
  JSON.stringify({ ...catalogue, entries: [...catalogue.entries] });

/** What `packCatalogue` made. Not parsed again: the text is part of the code, and a cold start waits for it. */
export function unpackCatalogue(text: string): Catalogue {
  const packed: Omit<Catalogue, 'entries'> & { entries: [string, CatalogueEntry][] } = JSON.parse(text);
  return { ...packed, entries: new Map(packed.entries) };
}

/** The addresses that `people` names, groups resolved. A group that is empty or gone adds nobody: it fails closed. */
export function addressesOf(catalogue: Pick<Catalogue, 'groups'>, people: People): Set<string> {
  return new Set([...people.people, ...people.groups.flatMap((group) => catalogue.groups[group] ?? [])]);
}

/**
 * Which of the names in `people` the caller goes by: group names, the own address, a machine's name. Groups come
 * from the catalogue and from the token's `groups` claim. Empty means: not one of them.
 */
export function membershipOf(
  catalogue: Pick<Catalogue, 'groups' | 'machines'>,
  people: People,
  who: Identity,
): string[] {
  if (who.kind === 'machine')
    return people.machines.filter((name) => {
      const machine = catalogue.machines[name];
      return machine?.issuer === who.issuer && machine.subject === who.subject;
    });
  const groups = people.groups.filter(
    (group) => who.groups.includes(group) || catalogue.groups[group]?.includes(who.email),
  );
  return people.people.includes(who.email) ? [...groups, who.email] : groups;
}

/** Someone as the rules see them: by token subject, by address, or both. */
export interface Person {
  issuer?: string | undefined;
  subject?: string | undefined;
  email?: string | undefined;
}

/**
 * "Nobody decides on their own request under any of their addresses": the same issuer and subject, the same address, an
 * address that `people:` lists for the same person, or one that differs only in a `+tag`.
 */
export function isSamePerson(catalogue: Pick<Catalogue, 'people'>, first: Person, second: Person): boolean {
  if (first.subject !== undefined && first.issuer === second.issuer && first.subject === second.subject)
    return true;
  if (first.email === undefined || second.email === undefined) return false;
  return personKeyOf(catalogue, first.email) === personKeyOf(catalogue, second.email);
}

/** Whether it is somebody's own request: made by them, or by a machine that they run. */
export function isOwnRequest(
  catalogue: Pick<Catalogue, 'people' | 'machines'>,
  requester: Person,
  who: Person,
): boolean {
  const owners = Object.values(catalogue.machines)
    .filter(({ issuer, subject }) => issuer === requester.issuer && subject === requester.subject)
    .flatMap((machine) => machine.owners);
  return (
    isSamePerson(catalogue, requester, who) || owners.some((email) => isSamePerson(catalogue, { email }, who))
  );
}

/** One text for all addresses of one person. */
export function personKeyOf(catalogue: Pick<Catalogue, 'people'>, email: string): string {
  const address = withoutTag(normaliseEmail(email));
  return personKeysIn(catalogue.people).get(address) ?? address;
}

const personKeys = new WeakMap<Catalogue['people'], Map<string, string>>();

/** Read once: a rule can name thousands of people, each of whom is looked up. No address stands in two lists. */
function personKeysIn(people: Catalogue['people']): Map<string, string> {
  const known = personKeys.get(people);
  if (known) return known;
  const keysOfOne = (addresses: string[]): [address: string, key: string][] =>
    addresses
      .map(withoutTag)
      .sort()
      .map((address, _, [key = address]) => [address, key]);
  const keys = new Map(people.flatMap(keysOfOne));
  personKeys.set(people, keys);
  return keys;
}
