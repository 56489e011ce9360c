import { Worker } from 'node:worker_threads';
import type { CollectedEvents } from './collectedEvents.ts';
import type { FileToRead, Reading } from './logFileReader.ts';
import type { ReaderAnswer, ReaderOrder } from './readerMessages.ts';

export interface Batch {
  files: FileToRead[];
  bytes: number;
}

/**
 * Reads batches of files in several threads, each thread taking the next when it is done with one. Rejects when one of them stops, as for want of
 * memory: a review of a part of the files would be wrong.
 */
export async function readWithWorkers(
  batches: Iterator<Batch>,
  {
    workers,
    reading,
    onRead,
  }: { workers: number; reading: Reading; onRead(batch: Batch, records: number): void },
): Promise<CollectedEvents[]> {
  const readers: Worker[] = [];
  try {
    return await Promise.all(
      Array.from({ length: workers }, () => {
        const reader = new Worker(new URL('./readerWorker.ts', import.meta.url), { workerData: reading });
        readers.push(reader);
        return readInWorker(reader, batches, onRead);
      }),
    );
  } finally {
    await Promise.all(readers.map((reader) => reader.terminate()));
  }
}

function readInWorker(
  reader: Worker,
  batches: Iterator<Batch>,
  onRead: (batch: Batch, records: number) => void,
): Promise<CollectedEvents> {
  return new Promise((resolve, reject) => {
    let current: Batch | undefined;
    reader.on('message', (answer: ReaderAnswer) => {
      if (answer.kind === 'collected') return resolve(answer.events);
      if (answer.kind === 'read' && current) onRead(current, answer.records);
      const next = batches.next();
      current = next.done ? undefined : next.value;
      const order: ReaderOrder = current ? { kind: 'read', files: current.files } : { kind: 'finish' };
      reader.postMessage(order);
    });
    reader.on('error', (error) => reject(stopped(error.message, current)));
    reader.on('exit', (code) => reject(stopped(`it ended with code ${code}`, current)));
  });
}

/** A rejection after `collected` changes nothing: a promise is settled once. */
function stopped(why: string, batch: Batch | undefined): Error {
  const where = batch?.files[0] ? ` at ${batch.files[0].path} or soon after` : '';
  return new Error(`A thread that reads log files stopped${where}: ${why}`);
}
