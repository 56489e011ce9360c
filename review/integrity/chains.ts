import { earliest, latest, secondsBetween } from '#domain/instant.ts';
import type { Period } from '../findings/finding.ts';
import { type Digest, objectOf } from './digest.ts';
import type { DigestChain, IntegrityFault } from './integrity.ts';
import { linkFaults } from './links.ts';
import type { ProofState, ProvenDigest } from './proof.ts';
import { gapsBetween, type Span, secondsCovered } from './span.ts';

/**
 * Sorts digests into chains, by organization, account, region, trail and its home region, looks whether each chain is whole, and
 * measures it against the period. Digests come in the order of time.
 */
export function chainsOf(
  digests: readonly ProvenDigest[],
  period: Period,
): { chains: DigestChain[]; faults: IntegrityFault[] } {
  const present = new Set(digests.map(({ digest }) => objectOf(digest)));
  const byChain = Map.groupBy(digests, ({ digest }) => nameOfChain(digest));
  const linked = [...byChain]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => {
      const faults = linkFaults(members, { present, period });
      return { chain: chainOf(members, faults, period), faults };
    });
  return { chains: linked.map(({ chain }) => chain), faults: linked.flatMap(({ faults }) => faults) };
}

/**
 * Whether the digests that hold leave nothing of the period uncovered in any account and region that has digests. Several trails
 * help each other out.
 */
export function coversPeriod(digests: readonly ProvenDigest[], period: Period): boolean {
  const byPlace = Map.groupBy(digests, ({ digest: { place } }) => `${place.account} ${place.region}`);
  return [...byPlace.values()].every((members) => isWhole(coverageOf(members.filter(isHourly), period)));
}

function chainOf(
  members: readonly ProvenDigest[],
  faults: readonly IntegrityFault[],
  period: Period,
): DigestChain {
  const { place, bucket } = (members.at(-1) as ProvenDigest).digest;
  const coverage = place.backfill ? undefined : coverageOf(members, period);
  return {
    account: place.account,
    region: place.region,
    trail: place.trail,
    bucket,
    backfill: place.backfill,
    digests: members.length,
    ...wholeSpan(members),
    verdict: verdictOf(members, faults, coverage),
    gaps: place.backfill ? [] : gapsBetween(members.map(spanOf)),
    hours: coverage && hoursOf(coverage),
  };
}

function verdictOf(
  members: readonly ProvenDigest[],
  faults: readonly IntegrityFault[],
  coverage: Coverage | undefined,
): DigestChain['verdict'] {
  const some = (state: ProofState): boolean => members.some((member) => member.state === state);
  if (some('fails') || faults.some(({ verdict }) => verdict === 'failed')) return 'failed';
  if (!some('holds')) return 'unproven';
  const isOpen = some('unknown') || faults.length > 0 || (coverage && !isWhole(coverage));
  return isOpen ? 'partly' : 'verified';
}

/** Seconds of the period, its open ends being those of the digests, and seconds of it in digests that hold. */
function coverageOf(members: readonly ProvenDigest[], period: Period): Coverage {
  if (members.length === 0) return { expected: 0, covered: 0 };
  const whole = wholeSpan(members);
  const from = period.from ?? whole.from;
  const frame = { from, to: latest(from, period.to ?? whole.to) };
  const holding = members.filter(({ state }) => state === 'holds').map(spanOf);
  return { expected: secondsBetween(frame.from, frame.to), covered: secondsCovered(frame, holding) };
}

interface Coverage {
  expected: number;
  covered: number;
}

const isWhole = ({ expected, covered }: Coverage): boolean => expected > 0 && covered === expected;

/** To a hundredth. */
const hoursOf = ({ expected, covered }: Coverage): { expected: number; covered: number } => ({
  expected: Math.round(expected / 36) / 100,
  covered: Math.round(covered / 36) / 100,
});

/** The last one of them ends last. */
function wholeSpan(members: readonly ProvenDigest[]): Span {
  const { start, end } = (members.at(-1) as ProvenDigest).digest;
  return { from: members.reduce((least, { digest }) => earliest(least, digest.start), start), to: end };
}

const spanOf = ({ digest: { start, end } }: ProvenDigest): Span => ({ from: start, to: end });

const isHourly = ({ digest }: ProvenDigest): boolean => !digest.place.backfill;

/** Prefix and bucket are left out: a trail keeps its chain when it is told to deliver elsewhere. */
const nameOfChain = ({ place }: Digest): string =>
  [
    place.account,
    place.region,
    place.trail,
    place.homeRegion,
    place.organization,
    place.backfill ? 'backfill' : '',
  ].join('\n');
