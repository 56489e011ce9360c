import { addressesOf, type Catalogue, isOwnRequest, membershipOf, type Person } from '#domain/catalogue.ts';
import type { People } from '#domain/entitlement.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';

type WhoIsWho = Pick<Catalogue, 'groups' | 'people' | 'machines'>;

/** Without a catalogue nobody has aliases or machines; addresses are still compared normalised. */
export const nobodyKnown: WhoIsWho = { groups: {}, people: [], machines: {} };

/**
 * Who stands behind a SourceIdentity: an address as it is, a machine of the catalogue by the hash of its issuer and subject.
 * Of a person whose address does not fit a SourceIdentity, there is the hash alone.
 */
export function personOf(
  { machines }: Pick<Catalogue, 'machines'>,
  sourceIdentity: string,
): Person & { issuer: string; subject: string } {
  if (sourceIdentity.includes('@')) return { issuer: '', subject: sourceIdentity, email: sourceIdentity };
  const machine = Object.values(machines).find((candidate) => sourceIdentityOf(candidate) === sourceIdentity);
  return { issuer: machine?.issuer ?? '', subject: machine?.subject ?? sourceIdentity };
}

/**
 * Whether somebody can be one of those whom the catalogue names. Tokens name groups too, which CloudTrail does not show: of a group that
 * the catalogue lists nobody for, all members come that way. Nor can be told which of the people shown as a hash it is.
 */
export function canBeAmong(catalogue: WhoIsWho, people: People, sourceIdentity: string): boolean {
  if (people.groups.some((group) => !catalogue.groups[group]?.length)) return true;
  const { email, ...machine } = personOf(catalogue, sourceIdentity);
  const who: Identity =
    email === undefined ? { kind: 'machine', ...machine } : { kind: 'human', ...machine, email, groups: [] };
  if (membershipOf(catalogue, people, who).length > 0) return true;
  return email === undefined && [...addressesOf(catalogue, people)].some(isShownAsHash);
}

/** "Nobody decides on their own request under any of their addresses", nor on that of a machine they run. */
export const isOwn = (whoIsWho: WhoIsWho, requester: string, decider: string): boolean =>
  isOwnRequest(whoIsWho, personOf(whoIsWho, requester), personOf(whoIsWho, decider));

/** Whether CloudTrail shows this address as a hash, because it does not fit a SourceIdentity. */
export const isShownAsHash = (email: string): boolean =>
  sourceIdentityOf({ issuer: '', subject: '', email }) !== email;
