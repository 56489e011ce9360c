import * as z from 'zod';
import { type Instant, instantSchema } from '#domain/instant.ts';
import { parsedJson } from '../jsonValues.ts';
import { firstIssue } from './firstIssue.ts';

/**
 * What a digest file says, as far as it matters here:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export interface Digest {
  /** Where it lies, relative to the folder that was read. */
  path: string;
  /** Where CloudTrail delivered it. */
  bucket: string;
  key: string;
  place: DigestPlace;
  /** Time of delivery of the log files that it names. */
  start: Instant;
  end: Instant;
  /** Of its content, in hexadecimal. */
  sha256: string;
  /** Of the public key that it was signed with. */
  fingerprint: string;
  /** Absent for the first digest after logging or validation was switched on. */
  previous?: PreviousDigest | undefined;
}

export interface PreviousDigest {
  bucket: string;
  key: string;
  sha256: string;
  /** In hexadecimal. */
  signature: string;
}

/** What a digest says of a log file. */
export interface NamedLog {
  bucket: string;
  key: string;
  /** Of its uncompressed content. */
  sha256: string;
}

/** What the key of a digest tells. */
export interface DigestPlace {
  /** Of an organization's trail: `o-…`. */
  organization: string;
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
  /** When the hour ended that it is for. */
  end: Instant;
  backfill: boolean;
}

const keyPattern =
  /(?:^|\/)AWSLogs\/(?:(o-[a-z0-9]+)\/)?(\d{12})\/CloudTrail-Digest\/[^/]+\/\d{4}\/\d\d\/\d\d\/\d{12}_CloudTrail-Digest_([a-z0-9-]+)_([^/]+)_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(_backfill)?\.json\.gz$/;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');
const bucketSchema = z.string().regex(/^[\w.-]{3,255}$/, 'must be the name of a bucket');
// Keys stand in messages and in commands to copy.
const keySchema = z.string().regex(/^\P{Cc}{1,1024}$/u, 'must be the key of an object');
/** Room for keys of 8192 bits. */
export const signatureSchema = z
  .string()
  .regex(/^([0-9a-f]{2}){1,1024}$/, 'must be a signature in lower-case hexadecimal');

/** Log files of one hour; a busy region has some hundreds. */
const mostLogs = 50_000;

const digestSchema = z.object({
  digestStartTime: instantSchema,
  digestEndTime: instantSchema,
  digestS3Bucket: bucketSchema,
  digestS3Object: keySchema,
  digestPublicKeyFingerprint: z.string().regex(/^[0-9a-f]{32}$/, 'must be an MD5 in hexadecimal'),
  digestSignatureAlgorithm: z.literal('SHA256withRSA'),
  previousDigestS3Bucket: bucketSchema.nullable(),
  previousDigestS3Object: keySchema.nullable(),
  previousDigestHashValue: sha256Schema.nullable(),
  previousDigestHashAlgorithm: z.literal('SHA-256').nullable(),
  previousDigestSignature: signatureSchema.nullable(),
  logFiles: z
    .array(z.unknown())
    .max(mostLogs)
    .pipe(
      z.array(
        z.object({
          s3Bucket: bucketSchema,
          s3Object: keySchema,
          hashValue: sha256Schema,
          hashAlgorithm: z.literal('SHA-256'),
        }),
      ),
    ),
});

/** Reads a digest's content. Throws an error that says what is wrong with it: it is nobody's word yet. */
export function parseDigest(
  text: string,
  file: { path: string; sha256: string },
): { digest: Digest; logs: NamedLog[] } {
  const json = parsedJson(text);
  if (json === undefined) throw new Error('it is not JSON');
  const parsed = digestSchema.safeParse(json);
  if (!parsed.success) throw new Error(firstIssue(parsed.error));
  const { data } = parsed;
  const place = placeOfDigest(data.digestS3Object);
  if (!place) throw new Error('digestS3Object is no key that CloudTrail gives to a digest');
  if (data.digestStartTime > data.digestEndTime) throw new Error('it ends before it starts');
  const digest = {
    ...file,
    bucket: data.digestS3Bucket,
    key: data.digestS3Object,
    place,
    start: data.digestStartTime,
    end: data.digestEndTime,
    fingerprint: data.digestPublicKeyFingerprint,
    previous: previousOf(data),
  };
  const logs = data.logFiles.map(({ s3Bucket, s3Object, hashValue }) => ({
    bucket: s3Bucket,
    key: s3Object,
    sha256: hashValue,
  }));
  return { digest, logs };
}

function previousOf(data: z.infer<typeof digestSchema>): PreviousDigest | undefined {
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = data;
  const { previousDigestHashValue: sha256, previousDigestSignature: signature } = data;
  if (bucket === null && key === null && sha256 === null && signature === null) return undefined;
  if (bucket === null || key === null || sha256 === null || signature === null)
    throw new Error('it says only a part of what a digest says of the one before it');
  return { bucket, key, sha256, signature };
}

/** What a digest's key tells, with or without a prefix before `AWSLogs/`; undefined for any other key. */
export function placeOfDigest(key: string): DigestPlace | undefined {
  const match = keyPattern.exec(key);
  if (!match) return undefined;
  const [, organization = '', account = '', region = '', trail = '', homeRegion = '', ...rest] = match;
  const [year, month, day, hour, minute, second, backfill] = rest;
  const end = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return { organization, account, region, trail, homeRegion, end, backfill: backfill !== undefined };
}

/** The object in S3, in one text. */
export const objectOf = ({ bucket, key }: { bucket: string; key: string }): string => `s3://${bucket}/${key}`;
