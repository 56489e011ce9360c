import { addSeconds, type Instant } from '#domain/instant.ts';
import { busyAccounts, organisation } from '../organisation.ts';
import type { Random } from '../random.ts';
import type { TrailRecord } from '../trailRecord.ts';
import { aCaller, type Caller, type Place, someCall } from './apiRecord.ts';
import type { Session } from './identities.ts';

/** Something that goes on in the organisation: its records, from `at` on. `busy` times as many calls as usual are made. */
export type Activity = (random: Random, at: Instant, busy: number) => TrailRecord[];

/** An account and region in which the background has something to do. */
export const somewhere = (random: Random): Place => ({
  account: random.pick(busyAccounts),
  region: random.pick(organisation.regions),
});

/** Up to `most` calls in the minutes after `at`. */
export function callsBy(
  random: Random,
  caller: Caller,
  { at, most }: { at: Instant; most: number },
): TrailRecord[] {
  const count = random.whole(1, most);
  return Array.from({ length: count }, () => someCall(random, caller, addSeconds(at, random.whole(1, 840))));
}

export const roleIn = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;

export const callerIn = (random: Random, session: Session, region: string): Caller =>
  aCaller(random, session.identity, { account: session.account, region });
