import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CollectedEvents } from './collectedEvents.ts';
import { EventCollector } from './eventCollector.ts';
import { FileBytes } from './fileBytes.ts';
import { emptySummary, type FileSummary, skip } from './fileSummary.ts';
import { firstMember, firstMemberMeanwhile, type GzipMember, isGzip } from './gzip.ts';
import { chunkAt, type OpenFile, streamFirstMember } from './gzipStream.ts';
import { RecordReader } from './recordReader.ts';

/** A file that is to be read. */
export interface FileToRead {
  /** Its place in the list of all files. */
  index: number;
  path: string;
  /** When it was listed; undefined where it is surely not known. */
  bytes?: number | undefined;
}

/** How files are read. */
export interface Reading {
  directory: string;
  /** Whether to hash the uncompressed content of each file too. */
  hashContents: boolean;
  /** Whether this is the only thread that reads: then Node uncompresses large files ahead on one of its own. */
  alone: boolean;
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

/** Smaller ones are uncompressed sooner than another thread has been told to. */
const worthAnotherThread = 64 * 1024;

/** A file as it lies there, and what it holds; undefined where that cannot be had in one piece: it is damaged, or too long. */
interface WholeFile {
  bytes: Buffer;
  member: GzipMember | undefined;
}

/** Reads log files one after the other: one reader for each thread. */
export class LogFileReader {
  readonly #reading: Reading;
  readonly #directory: string;
  readonly #collector = new EventCollector();
  readonly #records: RecordReader;
  readonly #fileBytes = new FileBytes();
  /** The file that is read next, if it is large: uncompressed while the one before is looked through. */
  #ahead: { index: number; file: Promise<WholeFile> } | undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#directory = resolve(reading.directory);
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

  /** Reads files. Whatever is wrong with them is counted, never thrown. `then` is what will be read after them. */
  async readAll(files: readonly FileToRead[], then?: FileToRead): Promise<void> {
    for (const [place, file] of files.entries()) await this.#read(file, files[place + 1] ?? then);
  }

  async #read(toRead: FileToRead, next: FileToRead | undefined): Promise<void> {
    const { index, path, bytes = 0 } = toRead;
    const file = emptySummary(index, path);
    this.#collector.addFile(file);
    try {
      const isWhole = bytes <= this.#reading.bounds.whole;
      const whole = isWhole ? (this.#begun(toRead) ?? this.#wholeFile(toRead)) : undefined;
      const ready = whole instanceof Promise ? await whole : whole;
      if (next && this.#reading.alone) this.#begin(next);
      if (!ready || !this.#take(ready, file)) await this.#readInChunks(this.#nameOf(toRead), file);
    } catch (error) {
      if (!isFileError(error)) throw error;
      skip(file, 'unreadable');
    }
  }

  #begin(file: FileToRead): void {
    const { bytes = 0 } = file;
    if (bytes < worthAnotherThread || bytes > this.#reading.bounds.whole) return;
    const begun = this.#wholeFileMeanwhile(file);
    // What went wrong is heard of when its turn has come.
    begun.catch(() => undefined);
    this.#ahead = { index: file.index, file: begun };
  }

  #begun({ index }: FileToRead): Promise<WholeFile> | undefined {
    return this.#ahead?.index === index ? this.#ahead.file : undefined;
  }

  async #wholeFileMeanwhile(file: FileToRead): Promise<WholeFile> {
    const bytes = readFileSync(this.#nameOf(file));
    return { bytes, member: await this.#memberIn(bytes, firstMemberMeanwhile) };
  }

  #wholeFile(file: FileToRead): WholeFile | undefined {
    const bytes = this.#fileBytes.read(this.#nameOf(file), file.bytes, this.#reading.bounds.whole);
    return bytes && { bytes, member: this.#memberIn(bytes, firstMember) };
  }

  #memberIn<Member>(
    bytes: Buffer,
    uncompress: (bytes: Buffer, longest: number) => Member,
  ): Member | GzipMember {
    const longest = Math.min(this.#reading.bounds.whole, longestAtOnce + bytes.length * 60);
    return isGzip(bytes) ? uncompress(bytes, longest) : { content: bytes, bytes: bytes.length };
  }

  #nameOf({ path }: FileToRead): string {
    return `${this.#directory}/${path}`;
  }

  /** Answers false where the file is to be read in chunks. */
  #take({ bytes, member }: WholeFile, file: FileSummary): boolean {
    if (!member) return false;
    file.bytes = bytes.length;
    file.sha256 = hash('sha256', bytes);
    if (this.#reading.hashContents)
      file.contentSha256 = member.content === bytes ? file.sha256 : hash('sha256', member.content);
    if (bytes.length === 0) skip(file, 'empty');
    if (member.bytes < bytes.length) skip(file, 'secondGzipMember');
    this.#records.read(member.content, file);
    if (member.content !== bytes) giveBack(member.content);
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

/** Its memory, at once: the garbage collector would go over all there is for every 64 MB of it. Never a pool that others share. */
function giveBack({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength !== Buffer.poolSize) buffer.transfer(0);
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
