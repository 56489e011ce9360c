import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstMember, isGzip } from '../reader/gzip.ts';
import type { InputFile } from '../reader/logInput.ts';
import { type Digest, objectOf, parseDigest } from './digest.ts';
import type { IntegrityFault } from './integrity.ts';
import { type LogIndex, type LogMatches, matchLogs, nameOf } from './logIndex.ts';

/** A digest with the log files in the folder that it names. */
export interface ReadDigest {
  digest: Digest;
  logs: LogMatches;
}

/** Digests are some kilobytes, of a busy hour a megabyte: it is taken apart in memory, where it needs many times as much. */
const largestFile = 16 * 1024 * 1024;
const largestContent = largestFile;

/**
 * Reads digest files, each content once, in the order of time, and says which of them cannot be read or lie in another place.
 * One after the other: for many small files that is faster than several at a time.
 */
export function readDigests(
  directory: string,
  files: readonly InputFile[],
  index: LogIndex,
): { digests: ReadDigest[]; faults: IntegrityFault[] } {
  const digests: ReadDigest[] = [];
  const faults: IntegrityFault[] = [];
  for (const file of files) {
    try {
      digests.push(readDigest(directory, file, index));
    } catch (error) {
      faults.push(unreadable(file, error as NodeJS.ErrnoException));
    }
  }
  const unique = eachOnce(digests);
  const inWrongPlace = unique.filter(({ digest }) => isMoved(digest)).map(({ digest }) => moved(digest));
  return { digests: unique.sort(byTime), faults: [...faults, ...inWrongPlace] };
}

function readDigest(directory: string, { path, bytes }: InputFile, index: LogIndex): ReadDigest {
  if (bytes > largestFile) throw new Error(`it is larger than ${largestFile} bytes`);
  const content = contentOf(readFileSync(join(directory, path)));
  const { digest, logs } = parseDigest(content.toString(), { path, sha256: hash('sha256', content) });
  return { digest, logs: matchLogs(index, logs) };
}

function contentOf(file: Buffer): Buffer {
  if (!isGzip(file)) return file;
  const member = firstMember(file, largestContent);
  if (!member) throw new Error('it is damaged or cut off');
  if (member.bytes < file.length)
    throw new Error('something follows its gzip content that no signature covers');
  return member.content;
}

/** Of copies, the one that lies where it belongs. */
function eachOnce(digests: readonly ReadDigest[]): ReadDigest[] {
  const byContent = new Map<string, ReadDigest>();
  for (const read of digests) {
    const other = byContent.get(read.digest.sha256);
    if (!other || (isMoved(other.digest) && !isMoved(read.digest))) byContent.set(read.digest.sha256, read);
  }
  return [...byContent.values()];
}

/**
 * Whether a digest lies under another name than its own or, where its path tells the place in the bucket, in another place. The
 * folder may be a copy of the bucket or of any part of it, and the file may have been uncompressed.
 */
function isMoved({ path, key }: Digest): boolean {
  const partOf = /(^|\/)AWSLogs\//.test(path) ? placeIn : nameOf;
  return partOf(path) !== partOf(key);
}

const placeIn = (path: string): string => path.slice(path.lastIndexOf('AWSLogs/')).replace(/\.gz$/, '');

const unreadable = ({ path }: InputFile, { code, message }: NodeJS.ErrnoException): IntegrityFault => ({
  kind: 'digestUnreadable',
  file: path,
  message: `The digest file ${path} cannot be read: ${code ?? message}. Fetch it again from the bucket; if it is the same there, ask who changed it.`,
  verdict: 'failed',
});

const moved = (digest: Digest): IntegrityFault => ({
  kind: 'digestMoved',
  file: digest.path,
  at: digest.end,
  message: `The digest file ${digest.path} says of itself that CloudTrail delivered it as ${objectOf(digest)}. Ask who put it here, and fetch the digests again from there.`,
  verdict: 'partly',
});

const byTime = ({ digest: a }: ReadDigest, { digest: b }: ReadDigest): number =>
  orderOf(a) < orderOf(b) ? -1 : 1;

const orderOf = ({ end, start, key, path }: Digest): string => [end, start, key, path].join('\n');
