import { verify } from 'node:crypto';
import { type Digest, objectOf, type PreviousDigest } from './digest.ts';
import type { IntegrityFault } from './integrity.ts';
import { digestAltered, keyDiffers, keysUnknown, signatureMissing, signatureWrong } from './proofFaults.ts';
import type { PublicKey } from './publicKeys.ts';
import type { ReadDigest } from './readDigests.ts';
import type { KeptSignature } from './signatureFiles.ts';

/**
 * `holds`: CloudTrail signed it as it is. `fails`: a signature is there and not right for it, or it says of the digest before it
 * what is not so. `unknown`: no signature or no public key is there to tell.
 */
export type ProofState = 'holds' | 'fails' | 'unknown';

export interface ProvenDigest extends ReadDigest {
  state: ProofState;
}

/** A digest that names another as the one before it. */
interface Successor {
  digest: Digest;
  previous: PreviousDigest;
}

/** What there is to prove digests with. */
interface Means {
  keys: ReadonlyMap<string, PublicKey>;
  /** By the object before them. */
  successors: ReadonlyMap<string, readonly Successor[]>;
  /** By the path of the digest file. */
  kept: ReadonlyMap<string, readonly KeptSignature[]>;
}

/**
 * Proves each digest by any signature that is there for it: the one that the digest after it repeats, or the one that was kept
 * beside it. Whoever hands in a signature does not matter, only CloudTrail can make one that holds.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function proveDigests(
  digests: readonly ReadDigest[],
  { keys, signatures }: { keys: readonly PublicKey[]; signatures: readonly KeptSignature[] },
): { proven: ProvenDigest[]; faults: IntegrityFault[] } {
  const means: Means = {
    keys: new Map(keys.filter(isItself).map((key) => [key.fingerprint, key])),
    successors: Map.groupBy(digests.flatMap(successorsIn), ({ previous }) => objectOf(previous)),
    kept: Map.groupBy(signatures, ({ digest }) => digest),
  };
  const faults = keys.filter((key) => !isItself(key)).map(keyDiffers);
  const keyless: Digest[] = [];
  const liars = new Set<Digest>();
  const states = digests.map(({ digest }): ProofState => {
    if (!means.keys.has(digest.fingerprint)) {
      if (!keys.some(({ fingerprint }) => fingerprint === digest.fingerprint)) keyless.push(digest);
      return 'unknown';
    }
    const judgement = judge(digest, means);
    faults.push(...judgement.faults);
    for (const liar of judgement.liars) liars.add(liar);
    return judgement.state;
  });
  faults.push(...keysUnknown(keyless), ...[...liars].map(digestAltered));
  const proven = digests.map((read, at) => ({
    ...read,
    state: liars.has(read.digest) ? 'fails' : (states[at] ?? 'unknown'),
  }));
  return { proven, faults: withoutRepeats(faults) };
}

interface Judgement {
  state: ProofState;
  faults: IntegrityFault[];
  /** Digests that say of this one what is not so. */
  liars: Digest[];
}

function judge(digest: Digest, { keys, successors, kept }: Means): Judgement {
  const key = keys.get(digest.fingerprint);
  const isRight = ({ signature }: { signature: string }): boolean =>
    key !== undefined && holds(digest, signature, key);
  const after = (successors.get(objectOf(digest)) ?? []).map((one) => ({
    ...one,
    isRight: isRight(one.previous),
    isSameContent: one.previous.sha256 === digest.sha256,
  }));
  const beside = (kept.get(digest.path) ?? []).map((one) => ({ ...one, isRight: isRight(one) }));
  if (after.length + beside.length === 0)
    return { state: 'unknown', faults: [signatureMissing(digest)], liars: [] };
  const faults = beside.filter((one) => !one.isRight).map(({ path }) => signatureWrong(digest, path));
  if ([...after, ...beside].some((one) => one.isRight)) {
    const liars = after.filter((one) => !one.isRight || !one.isSameContent).map((one) => one.digest);
    return { state: 'holds', faults, liars };
  }
  const [first] = after;
  if (after.some((one) => !one.isSameContent)) faults.push(digestAltered(digest));
  else if (first) faults.push(signatureWrong(digest, first.digest.path));
  return { state: 'fails', faults, liars: [] };
}

/** Whether a signature is CloudTrail's for this digest. */
function holds(digest: Digest, signature: string, { key }: PublicKey): boolean {
  const signed = [
    digest.end,
    `${digest.bucket}/${digest.key}`,
    digest.sha256,
    // As Java prints what is not there.
    digest.previous?.signature ?? 'null',
  ].join('\n');
  return verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'hex'));
}

const isItself = ({ fingerprint, actualFingerprint }: PublicKey): boolean =>
  fingerprint === actualFingerprint;

const successorsIn = ({ digest }: ReadDigest): Successor[] =>
  digest.previous ? [{ digest, previous: digest.previous }] : [];

function withoutRepeats(faults: readonly IntegrityFault[]): IntegrityFault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}
