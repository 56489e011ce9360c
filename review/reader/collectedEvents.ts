import type { EventId } from './eventId.ts';
import type { FileSummary } from './fileSummary.ts';
import type { CollectedSession } from './sessionIndex.ts';
import type { StoredTexts } from './textStore.ts';
import type { Tuple } from './tupleIndex.ts';

/** What was read from some of the files: plain data, which threads can hand over. */
export interface CollectedEvents {
  /** See `column`. */
  rows: Uint32Array<ArrayBuffer>;
  /** Name, source, error code. */
  actions: Tuple[];
  /** Source address, region. */
  places: Tuple[];
  /** What calls were done to, each the first of its tuple. */
  objects: Tuple[];
  sessions: CollectedSession[];
  /** What is kept of events, as JSON. */
  kept: StoredTexts;
  corrections: Correction[];
  /** Texts of ids that are no UUID, by the UUID that stands for them. */
  otherIds: [uuid: string, text: string][];
  files: FileSummary[];
}

/** A row that takes the place of an earlier event. */
export interface Correction {
  original: EventId;
  row: number;
}
