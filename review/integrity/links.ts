import { addSeconds } from '#domain/instant.ts';
import type { Period } from '../findings/finding.ts';
import { type Digest, objectOf, placeOfDigest } from './digest.ts';
import type { IntegrityFault } from './integrity.ts';
import type { ProvenDigest } from './proof.ts';
import { mayTellOf, type Span } from './span.ts';

/**
 * What is wrong with the links of a chain: a digest that another one names and that is not there, and one after which two go on.
 * What a digest says that was itself altered is left out. Digests come in the order of time; `present` has the objects of all.
 */
export function linkFaults(
  chain: readonly ProvenDigest[],
  { present, period }: { present: ReadonlySet<string>; period: Period },
): IntegrityFault[] {
  const trusted = chain.filter(({ state }) => state !== 'fails').map(({ digest }) => digest);
  const missing = trusted.flatMap((digest, at) =>
    digest.previous && !present.has(objectOf(digest.previous))
      ? missingFaults(digest, { isFirst: at === 0, period })
      : [],
  );
  return [...missing, ...forks(trusted)];
}

/**
 * The missing digest lies in the period or between others: it was deleted or left out. Before all others and with no begin of
 * the period to go by, nothing tells what the folder was meant to hold.
 */
function missingFaults(
  digest: Digest,
  { isFirst, period }: { isFirst: boolean; period: Period },
): IntegrityFault[] {
  const { previous } = digest;
  if (!previous || !mayTellOf(period, spanOfMissing(previous.key, digest))) return [];
  const isUndecided = isFirst && period.from === undefined;
  return [
    {
      kind: 'digestMissing',
      file: previous.key,
      at: digest.start,
      message: isUndecided
        ? `The oldest digest file here, ${digest.path}, names one before it: ${objectOf(previous)}. Say with --from where the period begins, or fetch the older digests and logs too.`
        : `${digest.path} names a digest file before it that is not here: ${objectOf(previous)}. Fetch it; if it is gone from the bucket, ask who deleted it.`,
      verdict: isUndecided ? 'partly' : 'failed',
    },
  ];
}

/** Digests are for an hour, and their name tells when it ended. */
function spanOfMissing(key: string, successor: Digest): Span {
  const to = placeOfDigest(key)?.end ?? successor.start;
  return { from: addSeconds(to, -3600), to };
}

function forks(digests: readonly Digest[]): IntegrityFault[] {
  const continued = Map.groupBy(digests, ({ previous }) => previous && objectOf(previous));
  continued.delete(undefined);
  return [...continued].flatMap(([object, [first, ...others]]) =>
    others.map(
      (other): IntegrityFault => ({
        kind: 'digestForked',
        file: other.path,
        at: other.end,
        message: `Two digest files say that they come after ${object}: ${first?.path} and ${other.path}. A chain has one end; fetch the digests again and ask where each of the two is from.`,
        verdict: 'failed',
      }),
    ),
  );
}
