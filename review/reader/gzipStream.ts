import { readSync } from 'node:fs';
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { headerBytes, isTrailer, trailerBytes } from './gzip.ts';
import type { FileReason } from './skipReasons.ts';

/** An open file. */
export interface OpenFile {
  descriptor: number;
  bytes: number;
}

const chunkBytes = 1024 * 1024;

/** Content from which on it may not be more than this many times as long as what it came from. JSON of CloudTrail is 10 to 30 times. */
const bomb = { content: 1024 * 1024 * 1024, times: 200 };

/**
 * Uncompresses the first member of a gzip file of any length and hands its content over in chunks. Answers what is wrong with it;
 * what comes before a damage is handed over all the same.
 */
export async function streamFirstMember(
  file: OpenFile,
  onContent: (chunk: Buffer) => void,
): Promise<FileReason | undefined> {
  const start = headerBytes(chunkAt(file, 0));
  if (start === undefined) return 'damagedGzip';
  const member = { crc: 0, length: 0 };
  // Small chunks: of the one with the damage nothing comes out.
  const inflater = createInflateRaw({ chunkSize: 64 * 1024 });
  inflater.on('error', () => {});
  inflater.on('data', (chunk: Buffer) => {
    member.crc = crc32(chunk, member.crc);
    member.length += chunk.length;
    onContent(chunk);
  });
  let read = start;
  try {
    for (let chunk = chunkAt(file, read); chunk.length > 0 && !hasEnded(inflater, read - start); ) {
      await written(inflater, chunk);
      read += chunk.length;
      if (member.length > bomb.content && member.length > read * bomb.times) return 'gzipBomb';
      chunk = chunkAt(file, read);
    }
  } catch {
    return 'damagedGzip';
  } finally {
    inflater.destroy();
  }
  const end = start + inflater.bytesWritten;
  const trailer = chunkAt(file, end).subarray(0, trailerBytes);
  if (trailer.length < trailerBytes || !isTrailer(trailer, member)) return 'damagedGzip';
  return end + trailerBytes < file.bytes ? 'secondGzipMember' : undefined;
}

/** It takes no more than the member: what it left is behind. */
const hasEnded = (inflater: InflateRaw, given: number): boolean => inflater.bytesWritten < given;

const written = (inflater: InflateRaw, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    // A damage calls nobody back: it is an event only.
    inflater.once('error', reject);
    inflater.write(chunk, () => {
      inflater.off('error', reject);
      resolve();
    });
  });

/** Up to 1 MiB of a file. */
export function chunkAt({ descriptor }: OpenFile, position: number): Buffer {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  return chunk.subarray(0, readSync(descriptor, chunk, 0, chunkBytes, position));
}
