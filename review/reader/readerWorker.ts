import { parentPort, workerData } from 'node:worker_threads';
import { type FileToRead, LogFileReader } from './logFileReader.ts';
import type { ReaderAnswer, ReaderOrder } from './readerMessages.ts';

/** A thread that reads log files as it is told and hands over what came of them at the end. */
const reader = new LogFileReader(workerData);

/** One order after the other: the next one comes before the last is done. */
let done = Promise.resolve();
parentPort?.on('message', (order: ReaderOrder) => {
  done = done.then(() => (order.kind === 'finish' ? finish() : read(order.files)));
});
answer({ kind: 'ready' });

async function read(files: FileToRead[]): Promise<void> {
  const before = reader.records;
  await reader.readAll(files);
  answer({ kind: 'read', records: reader.records - before });
}

function finish(): void {
  const events = reader.collected();
  const { blocks, positions } = events.kept;
  answer({ kind: 'collected', events }, [
    events.rows.buffer,
    positions.buffer,
    ...blocks.map(({ buffer }) => buffer),
  ]);
  parentPort?.close();
}

function answer(message: ReaderAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
