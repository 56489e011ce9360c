import type { CollectedEvents } from './collectedEvents.ts';
import { EventTable } from './eventTable.ts';

/** Which rows count, and what became of the others. */
export interface UniqueEvents {
  /** For each row: 1 if it counts, else 0. */
  counts: Uint8Array;
  /** Rows that do not count because another has their id and content. */
  duplicates: number;
  replaced: number;
  /** Rows of different content under one id, those of each id together. */
  conflicts: number[][];
}

/**
 * Takes each event once, by its id. Records with the same id and content are one event, in the first of their files; with other content they
 * are a conflict, and all count. Events without an id all count. An event that a later record replaces does not.
 * The answer is the same for any order of rows.
 */
export function uniqueEvents(events: CollectedEvents): UniqueEvents {
  const table = new EventTable(events);
  for (let row = 0; row < table.counts.length; row++) table.add(row);
  const replaced = table.replace(events.corrections);
  return { counts: table.counts, duplicates: table.duplicates, replaced, conflicts: table.conflicts() };
}
