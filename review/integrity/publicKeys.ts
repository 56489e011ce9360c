import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { jsonValuesIn } from '../jsonValues.ts';
import { UnusableInput } from '../unusableInput.ts';
import { firstIssue } from './firstIssue.ts';

/** A public key of CloudTrail in one region. */
export interface PublicKey {
  /** As the file states it. */
  fingerprint: string;
  /** As it is: MD5 of the DER, in hexadecimal. Another one than stated if the key or the fingerprint was changed. */
  actualFingerprint: string;
  key: KeyObject;
  /** The file it stands in. */
  file: string;
}

const howTo =
  'Fetch the keys of each region, for the whole period: aws cloudtrail list-public-keys --start-time FROM --end-time TO --region REGION >> keys.json';

/**
 * What `aws cloudtrail list-public-keys` prints: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PublicKey.html
 * Its `ValidityStartTime` and `ValidityEndTime` are left alone. They tell which keys to fetch: AWS's own validation asks for the keys of
 * the whole period, finds the one of a digest by its fingerprint and compares it with no time. They are not signed, and what they
 * are for, a key that somebody got hold of later, they cannot show: whoever has it puts any time into a digest.
 */
const outputSchema = z.object({
  PublicKeyList: z.array(
    z.object({
      Value: z.base64().min(1),
      Fingerprint: z.string().regex(/^[0-9a-f]{32}$/, 'must be an MD5 in hexadecimal'),
    }),
  ),
});

/**
 * Reads the public keys from a file with the output of `aws cloudtrail list-public-keys`: of one region, of several one after
 * the other, or an array of them. Throws `UnusableInput` where the file cannot be read or holds no key. A key whose fingerprint
 * is not its own is no error here: it is a fault to be shown.
 */
export async function readPublicKeys(file: string): Promise<PublicKey[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UnusableInput(`The public keys ${file} cannot be read (${error.code}). ${howTo}`);
  });
  const outputs = z.array(outputSchema).safeParse(jsonValuesIn(text, () => notJson(file)).flat());
  if (!outputs.success)
    throw new UnusableInput(
      `${file} is not the output of list-public-keys: ${firstIssue(outputs.error)}. ${howTo}`,
    );
  const stated = outputs.data.flatMap(({ PublicKeyList }) => PublicKeyList);
  if (stated.length === 0) throw new UnusableInput(`${file} holds no public key. ${howTo}`);
  return stated.map((key) => publicKeyOf(key, file));
}

const notJson = (file: string): UnusableInput => new UnusableInput(`${file} is not JSON. ${howTo}`);

function publicKeyOf(
  { Value, Fingerprint }: { Value: string; Fingerprint: string },
  file: string,
): PublicKey {
  const der = Buffer.from(Value, 'base64');
  const key = keyOf(der);
  // The base64 of other bytes could read as the same: some of its last bits mean nothing.
  if (!isOfCloudTrailsKind(key) || der.toString('base64') !== Value)
    throw new UnusableInput(
      `The key ${Fingerprint} in ${file} is no RSA public key of 2048 bits or more. ${howTo}`,
    );
  const actualFingerprint = createHash('md5').update(der).digest('hex');
  return { fingerprint: Fingerprint, actualFingerprint, key, file };
}

/** A shorter one could be broken, and CloudTrail has none. */
const isOfCloudTrailsKind = (key: KeyObject | undefined): key is KeyObject =>
  key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;

/**
 * CloudTrail documents PKCS#1; one example of its documentation is SPKI:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
function keyOf(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      return createPublicKey({ key: der, format: 'der', type });
    } catch {
      // The other one, then.
    }
  }
  return undefined;
}
