import type { DigestChain } from '../integrity/integrity.ts';
import { gapsBetween, type Span } from '../integrity/span.ts';
import { deliverySeconds, digestSeconds, endsWithout, type Gap, wholeOf } from './coverage.ts';
import type { Material, Period } from './finding.ts';

/**
 * What digests leave out, by account and region. They come every hour, also where nothing happened, and of every region that a trail
 * records: none may end before the others, or be missing where the same trail has digests of that region in other accounts.
 * `accounts` are those that have to show IAM's events, whatever their trails are for.
 */
export function gapsOfDigests(
  { integrity, period }: Pick<Material, 'integrity' | 'period'>,
  accounts: readonly string[],
): Gap[] {
  // Backfill comes when it is needed.
  const hourly = integrity.chains.filter(({ backfill }) => !backfill);
  const frame = frameOf(hourly, period);
  if (!frame) return [];
  // Several trails help each other out.
  const byPlace = Map.groupBy(hourly, ({ account, region }) => `${account} ${region}`);
  const withDigests = new Set(hourly.map(({ account }) => account));
  const places = new Set([
    ...byPlace.keys(),
    ...placesOfTrails(hourly),
    ...accounts.filter((account) => withDigests.has(account)).map((account) => `${account} us-east-1`),
  ]);
  return [...places].flatMap((place) =>
    leftOut((byPlace.get(place) ?? []).flatMap(spansOf), frame).map((gap) => ({ place, ...gap })),
  );
}

/** The period; where it is open, as far as any digest goes. */
function frameOf(chains: readonly DigestChain[], period: Period): Span | undefined {
  const whole = wholeOf(chains);
  return whole && { from: period.from ?? whole.from, to: period.to ?? whole.to };
}

/** Every account of a trail in every region that it records, but those that an account has to switch on. */
function placesOfTrails(chains: readonly DigestChain[]): string[] {
  const trails = Map.groupBy(chains, ({ trail, bucket }) => `${trail} ${bucket}`);
  return [...trails.values()].flatMap((members) => {
    const accounts = [...new Set(members.map(({ account }) => account))];
    const regions = [...new Set(members.map(({ region }) => region))].filter((region) =>
      alwaysOn.includes(region),
    );
    return accounts.flatMap((account) => regions.map((region) => `${account} ${region}`));
  });
}

/** Regions that no account can switch off: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
export const alwaysOn: readonly string[] = [
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1',
  'eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3',
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2',
].flatMap((regions) => regions.split(' '));

/** What a chain covers, between its gaps. */
function spansOf({ from, to, gaps }: DigestChain): Span[] {
  const ends = [...gaps.map((gap) => gap.from), to];
  return [from, ...gaps.map((gap) => gap.to)].map((start, at) => ({ from: start, to: ends[at] ?? to }));
}

function leftOut(covered: readonly Span[], frame: Span): Span[] {
  const whole = wholeOf(covered);
  if (!whole) return [frame];
  // Digests of one hour do not all end, or come, at the same time.
  return [...gapsBetween(covered), ...endsWithout(whole, frame, digestSeconds + deliverySeconds)];
}
