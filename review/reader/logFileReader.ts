import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventCollector, emptySummary, type FileSummary, skip } from './eventCollector.ts';
import { firstMember, isGzip } from './gzip.ts';
import { chunkAt, type OpenFile, streamFirstMember } from './gzipStream.ts';
import { addRecords, endRecords, splitterInto } from './records.ts';

/** A file that is to be read. */
export interface FileToRead {
  /** Its place in the list of all files. */
  index: number;
  path: string;
  bytes: number;
}

/** How the files of one thread are read. */
export interface Reading {
  directory: string;
  hashContents: boolean;
  collector: EventCollector;
  bounds: Bounds;
}

export interface Bounds {
  /** Content up to this many bytes is read in one piece, which is fastest; longer content record by record. */
  whole: number;
  /** A longer record is skipped, where it is read record by record. */
  record: number;
}

export const usualBounds: Bounds = { whole: 32 * 1024 * 1024, record: 32 * 1024 * 1024 };

/** Reads one log file into the collector. Whatever is wrong with it is counted, never thrown. */
export async function readLogFile({ index, path, bytes }: FileToRead, reading: Reading): Promise<void> {
  const file = emptySummary(index, path);
  reading.collector.addFile(file);
  try {
    const name = join(reading.directory, path);
    if (bytes > reading.bounds.whole || !readWhole(name, file, reading))
      await readInChunks(name, file, reading);
  } catch (error) {
    if (!isFileError(error)) throw error;
    skip(file, 'unreadable');
  }
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

/**
 * Content of so many bytes is read in one piece however far it was compressed. More only where that is likely to be a log, which shrinks
 * to a tenth or a thirtieth: millions of empty records in few bytes take much more memory in one piece than one by one.
 */
const longestAtOnce = 1024 * 1024;

/** Whether the file could be read in one piece: it is neither damaged nor too long. */
function readWhole(name: string, file: FileSummary, { collector, hashContents, bounds }: Reading): boolean {
  const bytes = readFileSync(name);
  const compressed = isGzip(bytes);
  const longest = Math.min(bounds.whole, longestAtOnce + bytes.length * 60);
  const member = compressed ? firstMember(bytes, longest) : { content: bytes, bytes: bytes.length };
  if (!member) return false;
  file.bytes = bytes.length;
  file.sha256 = hash('sha256', bytes);
  if (hashContents) file.contentSha256 = compressed ? hash('sha256', member.content) : file.sha256;
  if (bytes.length === 0) skip(file, 'empty');
  if (member.bytes < bytes.length) skip(file, 'secondGzipMember');
  addRecords(member.content, file, { collector, longest: bounds.record });
  return true;
}

async function readInChunks(name: string, file: FileSummary, reading: Reading): Promise<void> {
  const descriptor = openSync(name, 'r');
  try {
    const open = { descriptor, bytes: fstatSync(descriptor).size };
    file.bytes = open.bytes;
    file.sha256 = hashOf(open);
    await addContent(open, file, reading);
  } finally {
    closeSync(descriptor);
  }
}

async function addContent(open: OpenFile, file: FileSummary, reading: Reading): Promise<void> {
  const records = splitterInto(file, reading.collector, { longest: reading.bounds.record });
  const contentHash = createHash('sha256');
  const onContent = (chunk: Buffer): void => {
    records.write(chunk);
    if (reading.hashContents) contentHash.update(chunk);
  };
  const reason = isGzip(chunkAt(open, 0))
    ? await streamFirstMember(open, onContent)
    : streamPlain(open, onContent);
  if (reason) skip(file, reason);
  endRecords(records, file);
  if (reading.hashContents && (!reason || reason === 'secondGzipMember'))
    file.contentSha256 = contentHash.digest('hex');
}

function hashOf(open: OpenFile): string {
  const sha256 = createHash('sha256');
  streamPlain(open, (chunk) => sha256.update(chunk));
  return sha256.digest('hex');
}

function streamPlain(open: OpenFile, onContent: (chunk: Buffer) => void): undefined {
  let position = 0;
  for (let chunk = chunkAt(open, 0); chunk.length > 0; chunk = chunkAt(open, position)) {
    onContent(chunk);
    position += chunk.length;
  }
}
