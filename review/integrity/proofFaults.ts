import { type Digest, objectOf } from './digest.ts';
import type { IntegrityFault } from './integrity.ts';
import type { PublicKey } from './publicKeys.ts';

/** One fault for each key and region, however many digests need it. */
export function keysUnknown(keyless: readonly Digest[]): IntegrityFault[] {
  const needs = Map.groupBy(keyless, ({ fingerprint, place }) => `${fingerprint} of ${place.region}`);
  return [...needs].map(([key, digests]) => {
    const { path, place, start } = digests[0] as Digest;
    return {
      kind: 'keyUnknown',
      file: path,
      at: start,
      message: `${digests.length} digest files are signed with the key ${key}, which is not among the public keys given. Fetch it and give it with --keys: aws cloudtrail list-public-keys --start-time ${start} --region ${place.region}`,
      verdict: 'partly',
    };
  });
}

export const keyDiffers = ({ fingerprint, actualFingerprint, file }: PublicKey): IntegrityFault => ({
  kind: 'keyDiffers',
  file,
  message: `The key that ${file} gives for the fingerprint ${fingerprint} has the fingerprint ${actualFingerprint}. Nothing is proven by it; fetch the keys again with aws cloudtrail list-public-keys, and ask who changed the file.`,
  verdict: 'failed',
});

export const digestAltered = (digest: Digest): IntegrityFault => ({
  kind: 'digestAltered',
  file: digest.path,
  at: digest.end,
  message: `The digest file ${digest.path} is not as CloudTrail delivered it. Fetch ${objectOf(digest)} again; if it is the same there, ask who wrote to the bucket.`,
  verdict: 'failed',
});

export const signatureWrong = (digest: Digest, file: string): IntegrityFault => ({
  kind: 'signatureWrong',
  file,
  at: digest.end,
  message: `The signature that ${file} gives for the digest file ${digest.path} is not right for it: one of the two was changed. Fetch both again, the signature with: ${headObject(digest)}`,
  verdict: 'failed',
});

export const signatureMissing = (digest: Digest): IntegrityFault => ({
  kind: 'signatureMissing',
  file: digest.path,
  at: digest.end,
  message: `No digest file after ${digest.path} repeats its signature, and none was kept beside it: it proves nothing. Fetch it into the folder of the logs: ${headObject(digest)}`,
  verdict: 'partly',
});

const headObject = ({ bucket, key, path }: Digest): string =>
  `aws s3api head-object --bucket ${bucket} --key ${quoted(key)} > ${quoted(`${path}.metadata.json`)}`;

/** A word for a shell to copy it into: what stands in a digest may be anybody's. */
const quoted = (word: string): string =>
  /^[\w./@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
