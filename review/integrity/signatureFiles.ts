import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { InputFile } from '../reader/logInput.ts';
import { signatureSchema } from './digest.ts';
import type { IntegrityFault } from './integrity.ts';

/** The signature of a digest that was kept beside it, because it stands in S3's metadata only. */
export interface KeptSignature {
  /** The side file. */
  path: string;
  /** Path of the digest file that it belongs to. */
  digest: string;
  /** In hexadecimal. */
  signature: string;
}

/** What `aws s3api head-object` prints of a digest. */
const metadataSchema = z.object({
  Metadata: z.object({ signature: signatureSchema, 'signature-algorithm': z.literal('SHA256withRSA') }),
});

/** A signature is some kilobytes at most. */
const largestFile = 64 * 1024;

/**
 * Reads `<digest>.signature` (hexadecimal) and `<digest>.metadata.json` (as `aws s3api head-object` prints it). Files whose names
 * are not made from a digest's are somebody else's.
 */
export function readSignatures(
  directory: string,
  files: readonly InputFile[],
): { signatures: KeptSignature[]; faults: IntegrityFault[] } {
  const signatures: KeptSignature[] = [];
  const faults: IntegrityFault[] = [];
  for (const { path, bytes } of files) {
    if (!/_CloudTrail-Digest_[^/]*$/.test(path)) continue;
    try {
      if (bytes > largestFile) throw new Error(`it is larger than ${largestFile} bytes`);
      const signature = signatureIn(path, readFileSync(join(directory, path), 'utf8'));
      signatures.push({ path, digest: path.replace(/\.(signature|metadata\.json)$/, ''), signature });
    } catch {
      faults.push(unreadable(path));
    }
  }
  return { signatures, faults };
}

const signatureIn = (path: string, text: string): string =>
  path.endsWith('.json')
    ? metadataSchema.parse(JSON.parse(text)).Metadata.signature
    : signatureSchema.parse(text.trim());

const unreadable = (file: string): IntegrityFault => ({
  kind: 'signatureWrong',
  file,
  message: `${file} holds no signature of a digest file. Fetch it again: aws s3api head-object --bucket BUCKET --key KEY > DIGEST.metadata.json`,
  verdict: 'failed',
});
