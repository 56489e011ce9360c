/**
 * Events as rows of 32-bit numbers: 48 bytes each, in one piece that threads hand over without copying. Texts stand in tables
 * beside, and rows have their numbers.
 */
export const rowWidth = 12;

/** Where each number stands in a row. */
export const column = {
  /** First of four: the event id, or zeros where it has none. */
  id: 0,
  /** Seconds since 1970. */
  at: 4,
  action: 5,
  /** Number of the session plus one; 0 for calls outside of sessions. */
  session: 6,
  /** Number of the source address and region plus one; 0 where not asked for. */
  place: 7,
  /** Number of what it was done to plus one; 0 where not asked for. */
  object: 8,
  /** Number of the kept event plus one; 0 for events that are not kept. */
  kept: 9,
  file: 10,
  /** 1 for a correction of another event. */
  correction: 11,
} as const;

/** Rows that grow. */
export class EventRows {
  #rows = new Uint32Array(rowWidth * 1024);
  count = 0;

  /** The offset of a new row, all zeros. */
  add(): number {
    const offset = this.next();
    this.count++;
    return offset;
  }

  /** The offset of the row that is added next. */
  next(): number {
    const offset = this.count * rowWidth;
    if (offset === this.#rows.length) {
      const grown = new Uint32Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    return offset;
  }

  get values(): Uint32Array {
    return this.#rows;
  }

  /** The rows alone, without the room to grow. */
  trimmed(): Uint32Array<ArrayBuffer> {
    return this.#rows.subarray(0, this.count * rowWidth);
  }
}
