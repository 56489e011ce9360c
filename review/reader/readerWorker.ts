import { parentPort, workerData } from 'node:worker_threads';
import { LogFileReader } from './logFileReader.ts';
import type { ReaderAnswer, ReaderOrder } from './readerMessages.ts';

/** A thread that reads log files as it is told and hands over what came of them at the end. */
const reader = new LogFileReader(workerData);

parentPort?.on('message', async (order: ReaderOrder) => {
  if (order.kind === 'finish') return finish();
  const before = reader.records;
  for (const file of order.files) await reader.read(file);
  answer({ kind: 'read', records: reader.records - before });
});
answer({ kind: 'ready' });

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
