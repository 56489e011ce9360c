import type { Period } from '../findings/finding.ts';
import type { LogInput } from '../reader/logInput.ts';
import { compare } from '../reader/textOrder.ts';
import type { Trail } from '../reader/trail.ts';
import { chainsOf, coversPeriod } from './chains.ts';
import { placeOfDigest } from './digest.ts';
import type { Integrity, IntegrityFault } from './integrity.ts';
import { indexLogs } from './logIndex.ts';
import { judgeLogs } from './logProof.ts';
import { type ProvenDigest, proveDigests } from './proof.ts';
import type { PublicKey } from './publicKeys.ts';
import { readDigests } from './readDigests.ts';
import { type KeptSignature, readSignatures } from './signatureFiles.ts';
import { mayTellOf } from './span.ts';

/** Faults of one kind that a report lists; a folder with half of the logs would have one for each of the others. */
const mostOfAKind = 1000;

/**
 * Proves log files by CloudTrail's digest files, without AWS: signatures with the public keys given, hashes, and whether digests
 * follow each other without a gap. Says of each log file whether a digest that holds names it, and of the period whether digests
 * cover it. Needs `contentSha256` in the trail's files. `keys` may be empty: then nothing is proven, and hashes are compared.
 *
 * Limits. CloudTrail signs the digests of all customers of a region with one key: a digest shows that CloudTrail wrote it, and its
 * account and bucket show for whom. Logs and digests taken away from the end leave no trace but the end of the last hour. What was
 * not logged is not shown by any of this.
 */
export async function validateIntegrity(review: {
  directory: string;
  input: LogInput;
  trail: Pick<Trail, 'files'>;
  keys: readonly PublicKey[];
  period: Period;
}): Promise<Integrity> {
  const { directory, input, trail, keys, period } = review;
  // Without digests nobody looks up a log.
  const index = indexLogs(input.digests.length === 0 ? [] : trail.files);
  const read = readDigests(directory, input.digests, index);
  const kept = readSignatures(directory, input.signatures);
  const proof = proveDigests(read.digests, { keys, signatures: kept.signatures });
  const linked = chainsOf(proof.proven, period);
  const logs = judgeLogs({ files: trail.files, digests: proof.proven, period });
  const faults = [
    ...read.faults,
    ...kept.faults,
    ...signaturesLeft(kept.signatures, input, period),
    ...proof.faults,
    ...linked.faults,
    ...logs.faults,
  ].sort(byFile);
  const integrity = { ...logs, chains: linked.chains, faults: condensed(faults) };
  const nothingGiven = input.digests.length === 0 && faults.length === 0;
  return { verdict: nothingGiven ? 'none' : verdictOf(integrity, proof.proven, period), ...integrity };
}

function verdictOf(
  { faults, logs }: Omit<Integrity, 'verdict'>,
  digests: readonly ProvenDigest[],
  period: Period,
): Integrity['verdict'] {
  if (faults.some(({ verdict }) => verdict === 'failed')) return 'failed';
  const open = logs.uncovered + logs.pending + logs.unproven;
  // Digests of hours in which nothing was delivered prove just that.
  const isProof = logs.verified > 0 || (open === 0 && digests.some(({ state }) => state === 'holds'));
  if (!isProof) return 'unproven';
  return coversPeriod(digests, period) && faults.length === 0 && open === 0 ? 'verified' : 'partly';
}

/** A signature that was kept tells of a digest, also of one that is not there any more. */
function signaturesLeft(
  signatures: readonly KeptSignature[],
  { digests }: LogInput,
  period: Period,
): IntegrityFault[] {
  const present = new Set(digests.map(({ path }) => path));
  return signatures
    .filter(({ digest }) => !present.has(digest))
    .flatMap(({ path, digest }): IntegrityFault[] => {
      const end = placeOfDigest(digest)?.end;
      if (end !== undefined && !mayTellOf(period, { from: end, to: end })) return [];
      return [
        {
          kind: 'digestMissing',
          file: digest,
          at: end,
          message: `${path} keeps the signature of a digest file that is not beside it. Fetch the digest; if it is gone from the bucket, ask who deleted it.`,
          verdict: 'failed',
        },
      ];
    });
}

function condensed(faults: readonly IntegrityFault[]): IntegrityFault[] {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()];
  const leftOut = new Set(kinds.flatMap((ofKind) => ofKind.slice(mostOfAKind)));
  const summaries = kinds.flatMap(([first, ...others]): IntegrityFault[] => {
    const more = 1 + others.length - mostOfAKind;
    if (!first || more <= 0) return [];
    const message = `${more} more faults of this kind are left out here, as with ${first.file}: put right what they have in common first.`;
    return [{ ...first, message }];
  });
  return [...faults.filter((fault) => !leftOut.has(fault)), ...summaries];
}

const byFile = (a: IntegrityFault, b: IntegrityFault): number =>
  compare(a.file, b.file) || compare(a.kind, b.kind) || compare(a.message, b.message);
