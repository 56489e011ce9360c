import type { Catalogue } from '#domain/catalogue.ts';
import type { Grant } from '../grants/grant.ts';

/** An entitlement where it is granted: entitlements of several installations, or in several accounts, can have one id. */
export interface EntitlementPlace {
  entitlement: string;
  /** That its role is in; absent where neither a session nor a catalogue tells. */
  account?: string | undefined;
  /** The account whose Countersign granted it; absent where nobody got it, or no evidence tells. */
  installation?: string | undefined;
  /** With the sessions of that account. */
  grants: Grant[];
}

/** By entitlement, account and installation; also those of the catalogues that nobody got. */
export function entitlementPlacesOf(
  grants: readonly Grant[],
  catalogues: ReadonlyMap<string, Catalogue>,
): EntitlementPlace[] {
  const listed = [...catalogues.values()].flatMap(({ entries }) =>
    [...entries].map(([entitlement, { account }]) => ({ entitlement, account: account.id, grants: [] })),
  );
  const given = withLikelyAccounts(
    grants.flatMap((grant) => placesOf(grant, catalogues)),
    listed,
  );
  const granted = [...Map.groupBy(given, keyOf).values()].flatMap(([first, ...others]) =>
    first ? { ...first, grants: [first, ...others].flatMap((part) => part.grants) } : [],
  );
  const known = new Set(granted.map(keyInAccount));
  const never = [...new Map(listed.map((place) => [keyInAccount(place), place]))]
    .filter(([key]) => !known.has(key))
    .map(([, place]) => place);
  return [...granted, ...never].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Each session counts for the account that its role is in; a grant without any, for that of its catalogue. */
function placesOf(grant: Grant, catalogues: ReadonlyMap<string, Catalogue>): EntitlementPlace[] {
  const { entitlement, catalogue, sessions, chain } = grant;
  const attested = chain.links[0]?.evidence ?? chain.apart?.[0] ?? chain.lost[0];
  const place = { entitlement, installation: attested?.account };
  if (sessions.length === 0) {
    const entry = catalogues.get(catalogue)?.entries.get(entitlement);
    return [{ ...place, account: entry?.account.id, grants: [grant] }];
  }
  const byAccount = Map.groupBy(sessions, ({ roleArn }) => roleArn.split(':')[4]);
  return Array.from(byAccount, ([account, own]) => ({
    ...place,
    account,
    grants: [{ ...grant, sessions: own }],
  }));
}

/** What tells of no account is most likely in the only one that the entitlement is known to be in. */
function withLikelyAccounts(
  places: readonly EntitlementPlace[],
  listed: readonly EntitlementPlace[],
): EntitlementPlace[] {
  const known = Map.groupBy([...places, ...listed], ({ entitlement }) => entitlement);
  const accounts = new Map(
    Array.from(known, ([entitlement, same]) => [
      entitlement,
      new Set(same.flatMap(({ account }) => account ?? [])),
    ]),
  );
  return places.map((place) => {
    const [only, another] = accounts.get(place.entitlement) ?? [];
    return { ...place, account: place.account ?? (another === undefined ? only : undefined) };
  });
}

const keyInAccount = ({ entitlement, account = '' }: EntitlementPlace): string =>
  `${entitlement}\n${account}`;

const keyOf = (place: EntitlementPlace): string => `${keyInAccount(place)}\n${place.installation ?? ''}`;
