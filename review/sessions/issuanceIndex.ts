import type { Issuance, Issuances, SignIn } from './issuance.ts';
import { isWholeKey } from './issuedCredentials.ts';
import { type Lives, livesOf } from './lives.ts';
import { remembered } from './remembered.ts';

/** Finds issuances by what the records of a session have in common with them. All lists are in order of time. */
export interface IssuanceIndex {
  byKey: ReadonlyMap<string, readonly Issuance[]>;
  /** By session ARN. */
  byArn: ReadonlyMap<string, readonly Issuance[]>;
  /** Of a session ARN. */
  lives(arn: string): Lives;
  /** Of a session ARN, by source identity. */
  livesByPerson(arn: string): ReadonlyMap<string, Lives>;
  /** Switches of roles in the console that say who switched, by the session ARN that they opened. */
  switches: ReadonlyMap<string, readonly SignIn[]>;
}

export function indexOf({ ok, signIns }: Issuances): IssuanceIndex {
  const byArn = grouped(ok, ({ sessionArn }) => sessionArn);
  return {
    byKey: grouped(ok, ({ accessKeyId }) => (isWholeKey(accessKeyId) ? accessKeyId : undefined)),
    byArn,
    lives: remembered((arn) => livesOf(byArn.get(arn) ?? [])),
    livesByPerson: remembered((arn) => {
      const byPerson = grouped(byArn.get(arn) ?? [], ({ sourceIdentity }) => sourceIdentity);
      return new Map(Array.from(byPerson, ([person, issuances]) => [person, livesOf(issuances)]));
    }),
    switches: grouped(signIns, ({ succeeded, switchedFrom, sessionArn }) =>
      succeeded && switchedFrom !== undefined ? sessionArn : undefined,
    ),
  };
}

/** What has no key is in no group. */
function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
