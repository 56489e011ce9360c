import type { CollectedEvents } from './collectedEvents.ts';
import type { FileToRead } from './logFileReader.ts';

/** To a reading thread: files to read next, or that there are none left. */
export type ReaderOrder = { kind: 'read'; files: FileToRead[] } | { kind: 'finish' };

/** From a reading thread: that it has read its files, how many records they had; at the end what came of all. */
export type ReaderAnswer =
  | { kind: 'ready' }
  | { kind: 'read'; records: number }
  | { kind: 'collected'; events: CollectedEvents };
