import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { addSeconds, type Instant } from '#domain/instant.ts';

/** A log file of CloudTrail by its name and place in the bucket: everything that its digest needs to know. */
const logPlace =
  /^(.*AWSLogs\/(?:o-[a-z0-9]+\/)?)(\d{12})\/CloudTrail\/([a-z0-9-]+)\/.*_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_\w+\.json\.gz$/;

export interface SigningKey {
  privateKey: KeyObject;
  /** PKCS#1 DER of the public key. */
  der: Buffer;
  /** MD5 of `der`, in hexadecimal. */
  fingerprint: string;
}

/** What makes up one chain of digests. */
export interface ChainPlace {
  bucket: string;
  /** All that stands before the account: `AWSLogs/`, `audit/AWSLogs/o-abc123/`. */
  prefix: string;
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
}

export interface DigestHour {
  start: Instant;
  end: Instant;
  logs: DigestedLog[];
}

export interface DigestedLog {
  key: string;
  /** Uncompressed. */
  content: Buffer;
}

/** A digest file as it goes into the bucket. */
export interface SignedDigest {
  /** Key in the bucket, and its path in the folder. */
  key: string;
  document: DigestDocument;
  /** Uncompressed. */
  content: string;
  /** In hexadecimal, as `x-amz-meta-signature` holds it. */
  signature: string;
}

export type DigestDocument = Record<string, unknown> & { digestS3Bucket: string; digestS3Object: string };

const keys = new Map<string, SigningKey>();

/** The key pair of a region (or of any other name), made once in a test run. */
export function signingKey(name: string): SigningKey {
  const known = keys.get(name);
  if (known) return known;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ type: 'pkcs1', format: 'der' });
  const key = { privateKey, der, fingerprint: md5(der) };
  keys.set(name, key);
  return key;
}

/**
 * Writes an hourly digest for each account and region with log files under `directory`, and for each of its accounts in `regions`, from
 * `from` until `to` is reached, also for hours without a log, and a signature side file for the newest digest of each chain. A log belongs to the hour that
 * its name tells; `directory` is the root of the bucket. Answers the chains by account and region.
 */
export async function writeDigests(
  directory: string,
  span: {
    from: Instant;
    to: Instant;
    trail?: string;
    bucket?: string;
    homeRegion?: string;
    key?: SigningKey;
    regions?: readonly string[];
  },
): Promise<SignedDigest[][]> {
  const {
    trail = 'management-events',
    bucket = 'trail-bucket',
    homeRegion = 'us-east-1',
    regions = [],
  } = span;
  const chains: SignedDigest[][] = [];
  for (const [place, logs] of await logsByPlace(directory, regions)) {
    const [prefix = '', account = '', region = ''] = place.split('\n');
    const { key = signingKey(region) } = span;
    const chain = digestChain({ bucket, prefix, account, region, trail, homeRegion }, hoursOf(logs, span), {
      key,
    });
    await writeChain(directory, chain);
    chains.push(chain);
  }
  return chains;
}

/** Digests over the hours, each with the signature of the one before; the first begins a chain unless `after` is given. */
export function digestChain(
  place: ChainPlace,
  hours: readonly DigestHour[],
  { key = signingKey(place.region), after }: { key?: SigningKey; after?: SignedDigest } = {},
): SignedDigest[] {
  const chain: SignedDigest[] = [];
  for (const hour of hours) {
    const document = documentOf({
      place,
      hour,
      fingerprint: key.fingerprint,
      previous: chain.at(-1) ?? after,
    });
    chain.push(signedDigest(document, key));
  }
  return chain;
}

/** The digest with the signature that CloudTrail would give it: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html */
export function signedDigest(document: DigestDocument, key: SigningKey): SignedDigest {
  const content = JSON.stringify(document);
  const signed = [
    document.digestEndTime,
    `${document.digestS3Bucket}/${document.digestS3Object}`,
    sha256(content),
    document.previousDigestSignature ?? 'null',
  ].join('\n');
  const signature = sign('sha256', Buffer.from(signed), key.privateKey).toString('hex');
  return { key: document.digestS3Object, document, content, signature };
}

/** Writes the digests, and the side file of the last. */
export async function writeChain(directory: string, chain: readonly SignedDigest[]): Promise<void> {
  for (const { key, content } of chain) await write(join(directory, key), gzipSync(content));
  const newest = chain.at(-1);
  if (newest) await write(join(directory, `${newest.key}.signature`), `${newest.signature}\n`);
}

/** Writes what `aws cloudtrail list-public-keys` prints for each region, one output after the other. */
export async function writeKeyFile(file: string, regions: readonly string[]): Promise<void> {
  await write(file, regions.map((region) => publicKeyList([signingKey(region)])).join('\n'));
}

/** The output of `aws cloudtrail list-public-keys`. */
export const publicKeyList = (keys: readonly Pick<SigningKey, 'der' | 'fingerprint'>[]): string =>
  JSON.stringify(
    {
      PublicKeyList: keys.map(({ der, fingerprint }) => ({
        Value: der.toString('base64'),
        ValidityStartTime: '2026-01-01T00:00:00+00:00',
        ValidityEndTime: '2027-12-31T00:00:00+00:00',
        Fingerprint: fingerprint,
      })),
    },
    undefined,
    4,
  );

/** One hour after the other from `from` until `to` is reached, with the logs whose names lie in them. */
export function hoursOf(
  logs: readonly (DigestedLog & { delivered: Instant })[],
  { from, to }: { from: Instant; to: Instant },
): DigestHour[] {
  const hours: DigestHour[] = [];
  for (let start = from; start < to; start = addSeconds(start, 3600)) {
    const end = addSeconds(start, 3600);
    hours.push({ start, end, logs: logs.filter(({ delivered }) => delivered >= start && delivered < end) });
  }
  return hours;
}

/**
 * The log files of the folder by prefix, account and region (separated by line ends), in the order of their names; none where an account
 * has no log file of one of `regions`.
 */
async function logsByPlace(
  directory: string,
  regions: readonly string[],
): Promise<Map<string, (DigestedLog & { delivered: Instant })[]>> {
  const places = new Map<string, (DigestedLog & { delivered: Instant })[]>();
  const entries = await readdir(directory, { recursive: true });
  for (const key of entries.map((entry) => entry.replaceAll(sep, '/')).sort()) {
    const [, prefix, account, region, year, month, day, hour, minute] = logPlace.exec(key) ?? [];
    if (prefix === undefined) continue;
    const place = `${prefix}\n${account}\n${region}`;
    const logs = places.get(place) ?? [];
    const content = gunzipSync(await readFile(join(directory, key)));
    logs.push({ key, content, delivered: `${year}-${month}-${day}T${hour}:${minute}:00Z` });
    places.set(place, logs);
  }
  const known = [...places.keys()];
  for (const place of known)
    for (const region of regions) {
      const other = place.replace(/[^\n]+$/, region);
      places.set(other, places.get(other) ?? []);
    }
  return places;
}

function documentOf(digest: {
  place: ChainPlace;
  hour: DigestHour;
  fingerprint: string;
  previous: SignedDigest | undefined;
}): DigestDocument {
  const { place, hour, fingerprint, previous } = digest;
  const logFiles = hour.logs.map(({ key, content }) => ({
    s3Bucket: place.bucket,
    s3Object: key,
    hashValue: sha256(content),
    hashAlgorithm: 'SHA-256',
    ...spanOf([content]),
  }));
  return {
    awsAccountId: place.account,
    digestStartTime: hour.start,
    digestEndTime: hour.end,
    digestS3Bucket: place.bucket,
    digestS3Object: digestKey(place, hour.end),
    digestPublicKeyFingerprint: fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    ...spanOf(hour.logs.map(({ content }) => content)),
    previousDigestS3Bucket: previous?.document.digestS3Bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous ? sha256(previous.content) : null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles,
  };
}

function digestKey({ prefix, account, region, trail, homeRegion }: ChainPlace, end: Instant): string {
  const day = end.slice(0, 10).replaceAll('-', '/');
  const time = end.replaceAll(/[-:]/g, '');
  const folder = `${prefix}${account}/CloudTrail-Digest/${region}/${day}`;
  return `${folder}/${account}_CloudTrail-Digest_${region}_${trail}_${homeRegion}_${time}.json.gz`;
}

/** First and last event of log files; null where there is none. */
function spanOf(contents: readonly Buffer[]): { newestEventTime: unknown; oldestEventTime: unknown } {
  const times = contents
    .flatMap((content): { eventTime: string }[] => JSON.parse(content.toString()).Records)
    .map(({ eventTime }) => eventTime)
    .sort();
  return { newestEventTime: times.at(-1) ?? null, oldestEventTime: times[0] ?? null };
}

async function write(file: string, content: Buffer | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
