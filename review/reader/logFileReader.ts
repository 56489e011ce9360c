import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { CollectedEvents } from './collectedEvents.ts';
import { EventCollector } from './eventCollector.ts';
import { FileBytes } from './fileBytes.ts';
import { emptySummary, type FileSummary, skip } from './fileSummary.ts';
import { firstMember, isGzip } from './gzip.ts';
import { chunkAt, type OpenFile, streamFirstMember } from './gzipStream.ts';
import { RecordReader } from './recordReader.ts';

/** A file that is to be read. */
export interface FileToRead {
  /** Its place in the list of all files. */
  index: number;
  path: string;
  bytes: number;
}

/** How files are read. */
export interface Reading {
  directory: string;
  /** Whether to hash the uncompressed content of each file too. */
  hashContents: boolean;
  bounds: Bounds;
}

export interface Bounds {
  /** Content up to this many bytes is read in one piece, which is fastest; longer content record by record. */
  whole: number;
  /** A longer record is skipped, where it is read record by record. */
  record: number;
}

export const usualBounds: Bounds = { whole: 32 * 1024 * 1024, record: 32 * 1024 * 1024 };

/**
 * Content of so many bytes is read in one piece however far it was compressed. More only where that is likely to be a log, which shrinks
 * to a tenth or a thirtieth: millions of empty records in few bytes take much more memory in one piece than one by one.
 */
const longestAtOnce = 1024 * 1024;

/** Reads log files one after the other: one reader for each thread. */
export class LogFileReader {
  readonly #reading: Reading;
  readonly #collector = new EventCollector();
  readonly #records: RecordReader;
  readonly #fileBytes = new FileBytes();

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#records = new RecordReader(this.#collector, reading.bounds.record);
  }

  /** Records so far, also those that were skipped. */
  get records(): number {
    return this.#collector.records;
  }

  /** What came of all files. */
  collected(): CollectedEvents {
    return this.#collector.collected();
  }

  /** Reads a file. Whatever is wrong with it is counted, never thrown. */
  async read({ index, path, bytes }: FileToRead): Promise<void> {
    const file = emptySummary(index, path);
    this.#collector.addFile(file);
    const name = join(this.#reading.directory, path);
    try {
      if (bytes > this.#reading.bounds.whole || !this.#readWhole(this.#fileBytes.read(name, bytes), file))
        await this.#readInChunks(name, file);
    } catch (error) {
      if (!isFileError(error)) throw error;
      skip(file, 'unreadable');
    }
  }

  /** Answers false where it cannot be read in one piece: it is damaged, or too long. */
  #readWhole(bytes: Buffer, file: FileSummary): boolean {
    const { bounds, hashContents } = this.#reading;
    const isCompressed = isGzip(bytes);
    const longest = Math.min(bounds.whole, longestAtOnce + bytes.length * 60);
    const member = isCompressed ? firstMember(bytes, longest) : { content: bytes, bytes: bytes.length };
    if (!member) return false;
    file.bytes = bytes.length;
    file.sha256 = hash('sha256', bytes);
    if (hashContents) file.contentSha256 = isCompressed ? hash('sha256', member.content) : file.sha256;
    if (bytes.length === 0) skip(file, 'empty');
    if (member.bytes < bytes.length) skip(file, 'secondGzipMember');
    this.#records.read(member.content, file);
    return true;
  }

  async #readInChunks(name: string, file: FileSummary): Promise<void> {
    const descriptor = openSync(name, 'r');
    try {
      const open = { descriptor, bytes: fstatSync(descriptor).size };
      file.bytes = open.bytes;
      file.sha256 = hashOf(open);
      await this.#readContent(open, file);
    } finally {
      closeSync(descriptor);
    }
  }

  async #readContent(open: OpenFile, file: FileSummary): Promise<void> {
    const { hashContents } = this.#reading;
    const records = this.#records.chunks(file);
    const contentHash = createHash('sha256');
    const onContent = (chunk: Buffer): void => {
      records.write(chunk);
      if (hashContents) contentHash.update(chunk);
    };
    const reason = isGzip(chunkAt(open, 0))
      ? await streamFirstMember(open, onContent)
      : streamPlain(open, onContent);
    if (reason) skip(file, reason);
    records.end();
    if (hashContents && (!reason || reason === 'secondGzipMember'))
      file.contentSha256 = contentHash.digest('hex');
  }
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

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
