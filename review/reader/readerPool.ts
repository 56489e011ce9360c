import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CollectedEvents } from './collectedEvents.ts';
import { type FileToRead, LogFileReader, type Reading } from './logFileReader.ts';
import type { ReaderAnswer, ReaderOrder } from './readerMessages.ts';

export interface Batch {
  files: FileToRead[];
  bytes: number;
}

export interface PoolOptions {
  /** Threads that read: the calling one, and one less beside it. */
  workers: number;
  reading: Reading;
  onRead(batch: Batch, records: number): void;
}

/**
 * Reads batches of files in several threads, each thread taking the next when it is done with one. Rejects when one of them stops, as for want of
 * memory: a review of a part of the files would be wrong.
 */
export async function readWithWorkers(
  batches: Generator<Batch>,
  options: PoolOptions,
): Promise<CollectedEvents[]> {
  const readers: Worker[] = [];
  try {
    const beside = Array.from({ length: options.workers - 1 }, () => {
      const reader = new Worker(new URL('./readerWorker.ts', import.meta.url), {
        workerData: options.reading,
      });
      readers.push(reader);
      return readInWorker(reader, batches, options);
    });
    return await Promise.all([readHere(batches, options), ...beside]);
  } finally {
    // After a failure nobody is to read on.
    batches.return(undefined);
    await Promise.all(readers.map((reader) => reader.terminate()));
  }
}

async function readHere(
  batches: Generator<Batch>,
  { reading, onRead }: PoolOptions,
): Promise<CollectedEvents> {
  const reader = new LogFileReader(reading);
  let batch = batches.next().value;
  while (batch) {
    const following = batches.next().value;
    const before = reader.records;
    try {
      await reader.readAll(batch.files, following?.files[0]);
    } catch (error) {
      throw stopped(error, batch);
    }
    onRead(batch, reader.records - before);
    // Signals and timers have their turn, and the other threads.
    await setImmediate();
    batch = following;
  }
  return reader.collected();
}

/** Batches that a thread has before it: it is not to wait until the calling thread is done with one of its own. */
const ahead = 2;

function readInWorker(
  reader: Worker,
  batches: Iterator<Batch>,
  { onRead }: PoolOptions,
): Promise<CollectedEvents> {
  const given: Batch[] = [];
  const order = (message: ReaderOrder): void => reader.postMessage(message);
  return new Promise((resolve, reject) => {
    reader.on('message', (answer: ReaderAnswer) => {
      if (answer.kind === 'collected') return resolve(answer.events);
      const read = answer.kind === 'read' ? given.shift() : undefined;
      if (read && answer.kind === 'read') onRead(read, answer.records);
      while (given.length < ahead) {
        const next = batches.next();
        if (next.done) break;
        given.push(next.value);
        order({ kind: 'read', files: next.value.files });
      }
      if (given.length === 0) order({ kind: 'finish' });
    });
    reader.on('error', (error) => reject(stopped(error, given[0])));
    reader.on('exit', (code) => reject(stopped(new Error(`it ended with code ${code}`), given[0])));
  });
}

/** A rejection after `collected` changes nothing: a promise is settled once. */
function stopped(error: unknown, batch: Batch | undefined): Error {
  const where = batch?.files[0] ? ` at ${batch.files[0].path} or soon after` : '';
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`A thread that reads log files stopped${where}: ${why}`, { cause: error });
}
