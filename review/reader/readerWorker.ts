import { parentPort, workerData } from 'node:worker_threads';
import { EventCollector } from './eventCollector.ts';
import { readLogFile } from './logFileReader.ts';
import type { ReaderAnswer, ReaderOrder, ReaderSetup } from './readerMessages.ts';

/** A thread that reads log files as it is told and hands over what came of them at the end. */
const setup: ReaderSetup = workerData;
const collector = new EventCollector();

parentPort?.on('message', async (order: ReaderOrder) => {
  if (order.kind === 'finish') return finish();
  const before = collector.records;
  for (const file of order.files) await readLogFile(file, { ...setup, collector });
  answer({ kind: 'read', records: collector.records - before });
});
answer({ kind: 'ready' });

function finish(): void {
  const events = collector.collected();
  answer({ kind: 'collected', events }, [events.rows.buffer as ArrayBuffer]);
  parentPort?.close();
}

function answer(message: ReaderAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
