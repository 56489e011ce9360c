/** What is asked of a directory of people: IAM Identity Center's identity store is one. */
export interface Directory {
  groupIdOf(name: string): Promise<string | undefined>;
  /** Ids of the people in a group. */
  membersOf(groupId: string): Promise<string[]>;
  addressOf(userId: string): Promise<Address>;
}

/** Somebody's e-mail address, or why nobody can be known by one. */
export type Address = { email: string } | { leftOut: string };

/** A group as the directory has it; `remarks` say who is missing, and why. */
export interface DirectoryGroup {
  people: string[];
  remarks: string[];
}

/** Told while a group is read: so many of its people are known by now. */
export type Progress = (group: string, done: number, total: number) => void;

/** So many people are asked for at the same time: the identity store throttles, and each question is a process. */
const atOnce = 4;

/**
 * Reads groups by their names. One that the directory does not have is empty, and whoever has no address is left out:
 * approvals that needed them cannot be given any more, and the remarks say so.
 */
export async function readGroups(
  directory: Directory,
  names: readonly string[],
  progress: Progress,
): Promise<Map<string, DirectoryGroup>> {
  const known = new Map<string, Promise<Address>>();
  const addressOf = (userId: string): Promise<Address> => {
    const address = known.get(userId) ?? directory.addressOf(userId);
    known.set(userId, address);
    return address;
  };
  const groups = new Map<string, DirectoryGroup>();
  for (const name of names) {
    const id = await directory.groupIdOf(name);
    const members = id === undefined ? [] : await directory.membersOf(id);
    const addresses: Address[] = [];
    while (addresses.length < members.length) {
      const next = members.slice(addresses.length, addresses.length + atOnce);
      addresses.push(...(await Promise.all(next.map(addressOf))));
      progress(name, addresses.length, members.length);
    }
    groups.set(name, groupOf(addresses, id === undefined));
  }
  return groups;
}

function groupOf(addresses: readonly Address[], missing: boolean): DirectoryGroup {
  const people = addresses.flatMap((address) => ('email' in address ? [address.email] : []));
  const leftOut = addresses.flatMap((address) => ('leftOut' in address ? [address.leftOut] : []));
  const none = missing ? 'the directory has no group of this name' : 'the directory has nobody in it';
  return { people, remarks: addresses.length === 0 ? [none] : leftOut.sort() };
}
