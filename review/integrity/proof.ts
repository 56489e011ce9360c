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
  /** By the object before them, and by the content that they say it has. */
  successors: ReadonlyMap<string, ReadonlyMap<string, readonly Successor[]>>;
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
    successors: bySaidContent(digests.flatMap(successorsIn)),
    kept: Map.groupBy(signatures, ({ digest }) => digest),
  };
  const given = new Set(keys.map(({ fingerprint }) => fingerprint));
  const judgements = digests.map(({ digest }) => judge(digest, means));
  const liars = new Set(judgements.flatMap((judgement) => judgement.liars));
  const faults = [
    ...keys.filter((key) => !isItself(key)).map(keyDiffers),
    ...judgements.flatMap((judgement) => judgement.faults),
    ...keysUnknown(digests.map(({ digest }) => digest).filter(({ fingerprint }) => !given.has(fingerprint))),
    ...[...liars].map(digestAltered),
  ];
  const proven = digests.map(
    (read, at): ProvenDigest => ({
      ...read,
      state: liars.has(read.digest) ? 'fails' : (judgements[at]?.state ?? 'unknown'),
    }),
  );
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
  if (!key) return { state: 'unknown', faults: [], liars: [] };
  const isRight = ({ signature }: { signature: string }): boolean => holds(digest, signature, key);
  const after = successors.get(objectOf(digest)) ?? new Map<string, Successor[]>();
  const beside = kept.get(digest.path) ?? [];
  if (after.size + beside.length === 0)
    return { state: 'unknown', faults: [signatureMissing(digest)], liars: [] };
  const faults = beside.filter((one) => !isRight(one)).map(({ path }) => signatureWrong(digest, path));
  const agreeing = after.get(digest.sha256) ?? [];
  const disagreeing = (): IteratorObject<Successor> =>
    after.entries().flatMap(([said, those]) => (said === digest.sha256 ? [] : those));
  const right = new Set(agreeing.filter(({ previous }) => isRight(previous)));
  const isKept = faults.length < beside.length;
  if (
    isKept ||
    right.size > 0 ||
    disagreeing()
      .take(mostTried)
      .some(({ previous }) => isRight(previous))
  ) {
    const liars = [...agreeing.filter((one) => !right.has(one)), ...disagreeing()];
    return { state: 'holds', faults, liars: liars.map((one) => one.digest) };
  }
  const [first] = agreeing;
  if (after.size > (first ? 1 : 0)) faults.push(digestAltered(digest));
  else if (first) faults.push(signatureWrong(digest, first.digest.path));
  return { state: 'fails', faults, liars: [] };
}

/**
 * Signatures that are tried of digests that say another hash of the one before: theirs is right where only the hash was changed. Of made-up
 * digests there can be thousands, and each digest of the same name would be checked against all of them.
 */
const mostTried = 10;

function bySaidContent(successors: readonly Successor[]): Means['successors'] {
  const byObject = Map.groupBy(successors, ({ previous }) => objectOf(previous));
  return new Map(
    Array.from(byObject, ([object, those]) => [
      object,
      Map.groupBy(those, ({ previous }) => previous.sha256),
    ]),
  );
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
