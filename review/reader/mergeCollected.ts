import type { CollectedEvents, Correction } from './collectedEvents.ts';
import { column, rowWidth } from './eventRows.ts';
import { SessionIndex } from './sessionIndex.ts';
import { joinTexts } from './textStore.ts';
import { type Tuple, TupleIndex } from './tupleIndex.ts';

/** Joins what several threads have read: all rows in one piece, with the numbers of tables that are joined likewise. */
export function mergeCollected(parts: CollectedEvents[]): CollectedEvents {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const [actions, places, objects] = [new TupleIndex(), new TupleIndex(), new TupleIndex()];
  const sessions = new SessionIndex();
  const rows = new Uint32Array(parts.reduce((sum, part) => sum + part.rows.length, 0));
  const corrections: Correction[] = [];
  let [offset, kept] = [0, 0];
  for (const part of parts) {
    const numbers = {
      actions: renumbered(part.actions, actions),
      places: renumbered(part.places, places),
      objects: renumbered(part.objects, objects),
      sessions: part.sessions.map((session) => sessions.add(session).number),
      kept,
    };
    rows.set(part.rows, offset);
    renumber(rows.subarray(offset, offset + part.rows.length), numbers);
    for (const { original, row } of part.corrections)
      corrections.push({ original, row: row + offset / rowWidth });
    offset += part.rows.length;
    kept += part.kept.positions.length / 3;
  }
  return {
    rows,
    actions: actions.tuples,
    places: places.tuples,
    objects: objects.tuples,
    sessions: sessions.sessions,
    kept: joinTexts(parts.map((part) => part.kept)),
    corrections,
    otherIds: parts.flatMap(({ otherIds }) => otherIds),
    files: parts.flatMap(({ files }) => files),
  };
}

const renumbered = (tuples: Tuple[], index: TupleIndex): number[] =>
  tuples.map((tuple) => index.numberOf(...tuple));

interface NewNumbers {
  actions: number[];
  places: number[];
  objects: number[];
  sessions: number[];
  /** How many kept events stand before those of the part. */
  kept: number;
}

function renumber(rows: Uint32Array, numbers: NewNumbers): void {
  for (let row = 0; row < rows.length; row += rowWidth) {
    replace(rows, row + column.action, numbers.actions, 0);
    replace(rows, row + column.place, numbers.places, 1);
    replace(rows, row + column.session, numbers.sessions, 1);
    replace(rows, row + column.object, numbers.objects, 1);
    const kept = rows[row + column.kept] as number;
    if (kept > 0) rows[row + column.kept] = kept + numbers.kept;
  }
}

/** `first`: 1 where 0 stands for none. */
function replace(rows: Uint32Array, at: number, numbers: number[], first: 0 | 1): void {
  const old = rows[at] as number;
  if (old >= first) rows[at] = (numbers[old - first] as number) + first;
}
