import { randomInt } from 'node:crypto';
import { canonicalJson } from '#domain/digest.ts';
import type { CollectedEvents, Correction } from './collectedEvents.ts';
import type { EventId } from './eventId.ts';
import { column, rowWidth } from './eventRows.ts';
import type { KeptContent } from './keptEvents.ts';
import { finish, mix } from './rowHash.ts';
import { type StoredTexts, textAt } from './textStore.ts';
import type { Tuple } from './tupleIndex.ts';

/** What makes up the content of an event, besides what was kept of it. */
const contentColumns = [
  column.at,
  column.action,
  column.session,
  column.place,
  column.object,
  column.correction,
];

/**
 * A hash table of row numbers with open addressing. The first row of an id stands at the hash of the id, rows of other content at
 * the hash of both: a million versions of one id cost no more than a million ids.
 */
export class EventTable {
  readonly counts: Uint8Array;
  duplicates = 0;
  readonly #rows: Uint32Array;
  readonly #kept: StoredTexts;
  readonly #actions: readonly Tuple[];
  /** Row number plus one; 0 where free. */
  readonly #slots: Uint32Array;
  /** All rows of an id, by the first; only of ids that have several. */
  readonly #versions = new Map<number, number[]>();
  readonly #contents = new Map<string, number>();
  readonly #contentOfText = new Map<string, number>();
  /** So that who writes log files cannot choose where their ids stand. */
  readonly #seed = randomInt(2 ** 32);

  constructor({ rows, kept, actions }: CollectedEvents) {
    const total = rows.length / rowWidth;
    this.#rows = rows;
    this.#kept = kept;
    this.#actions = actions;
    this.counts = new Uint8Array(total).fill(1);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(total * 1.5 + 16)));
  }

  add(row: number): void {
    if (!this.#hasId(row)) return;
    const idHash = this.#hashOfId(row * rowWidth);
    const slot = this.#find(idHash, (other) => this.#sameId(row, other));
    const first = this.#rowIn(slot);
    if (first === undefined) this.#slots[slot] = row + 1;
    else if (this.#sameContent(row, first)) this.#join(row, first);
    else this.#addVersion(row, first, idHash);
  }

  /** A row of other content than the first of its id. */
  #addVersion(row: number, first: number, idHash: number): void {
    const hash = [this.#contentNumber(row), ...contentColumns.map((place) => this.#at(row, place))].reduce(
      mix,
      idHash,
    );
    const slot = this.#find(hash, (other) => this.#sameId(row, other) && this.#sameContent(row, other));
    const same = this.#rowIn(slot);
    if (same !== undefined) {
      this.#join(row, same);
      return;
    }
    this.#slots[slot] = row + 1;
    const versions = this.#versions.get(first);
    if (versions) versions.push(row);
    else this.#versions.set(first, [first, row]);
  }

  /** One event, delivered again. */
  #join(row: number, known: number): void {
    this.duplicates++;
    this.counts[row] = 0;
    const [again, before] = [row * rowWidth, known * rowWidth];
    this.#rows[before + column.file] = Math.min(this.#at(row, column.file), this.#at(known, column.file));
    // The same content can have its keys in another order: one text stands for both, whichever was read first.
    if ((this.#keptText(row) ?? '') < (this.#keptText(known) ?? ''))
      this.#rows[before + column.kept] = this.#rows[again + column.kept] as number;
  }

  /** Lets corrections take the place of what they correct; how many rows had to go. */
  replace(corrections: readonly Correction[]): number {
    // Of several corrections of one call the latest counts. Found first, so that a million of them are no more than a pass.
    const latest = new Map<string, number>();
    const originals = new Map<string, EventId>();
    for (const { original, row } of corrections) {
      const name = `${original.join()} ${this.#subjectOf(row)}`;
      const known = latest.get(name);
      if (known === undefined || this.#isEarlier(known, row)) latest.set(name, row);
      originals.set(original.join(), original);
    }
    let replaced = 0;
    for (const [id, original] of originals)
      for (const row of this.#rowsOf(original)) {
        const by = latest.get(`${id} ${this.#subjectOf(row)}`);
        if (by === undefined || by === row || this.counts[row] === 0) continue;
        // One correction makes way for another only if it is the earlier: they could name each other.
        if (this.#at(row, column.correction) === 1 && !this.#isEarlier(row, by)) continue;
        this.counts[row] = 0;
        replaced++;
      }
    return replaced;
  }

  /** What a correction leaves as it is: which call it was, when and whose. Nobody is to hide another event behind one. */
  #subjectOf(row: number): string {
    const [name, source] = this.#actions[this.#at(row, column.action)] as Tuple;
    const text = this.#keptText(row);
    const kept: KeptContent | undefined = text === undefined ? undefined : JSON.parse(text);
    return canonicalJson([
      name,
      source,
      this.#at(row, column.at),
      this.#at(row, column.session),
      kept?.account ?? '',
      kept?.caller.arn ?? '',
    ]);
  }

  conflicts(): number[][] {
    return [...this.#versions.values()]
      .map((rows) => rows.filter((row) => this.counts[row] === 1))
      .filter((rows) => rows.length > 1);
  }

  #rowsOf(id: EventId): readonly number[] {
    const isIt = (row: number): boolean =>
      id.every((word, index) => this.#at(row, column.id + index) === word);
    const first = this.#rowIn(this.#find(id.reduce(mix, this.#seed), isIt));
    return first === undefined ? [] : (this.#versions.get(first) ?? [first]);
  }

  /** The slot with a row that fits, or the free one where it belongs. */
  #find(hash: number, fits: (row: number) => boolean): number {
    const last = this.#slots.length - 1;
    let slot = finish(hash) & last;
    for (let row = this.#rowIn(slot); row !== undefined && !fits(row); row = this.#rowIn(slot))
      slot = (slot + 1) & last;
    return slot;
  }

  #rowIn(slot: number): number | undefined {
    const entry = this.#slots[slot] as number;
    return entry === 0 ? undefined : entry - 1;
  }

  #at(row: number, place: number): number {
    return this.#rows[row * rowWidth + place] as number;
  }

  #hasId(row: number): boolean {
    return (this.#at(row, 0) | this.#at(row, 1) | this.#at(row, 2) | this.#at(row, 3)) !== 0;
  }

  #sameId(one: number, other: number): boolean {
    return (
      this.#at(one, 0) === this.#at(other, 0) &&
      this.#at(one, 1) === this.#at(other, 1) &&
      this.#at(one, 2) === this.#at(other, 2) &&
      this.#at(one, 3) === this.#at(other, 3)
    );
  }

  #hashOfId(offset: number): number {
    let hash = this.#seed;
    for (let word = 0; word < 4; word++) hash = mix(hash, this.#rows[offset + word] as number);
    return hash;
  }

  #sameContent(one: number, other: number): boolean {
    return (
      contentColumns.every((place) => this.#at(one, place) === this.#at(other, place)) &&
      this.#contentNumber(one) === this.#contentNumber(other)
    );
  }

  #isEarlier(one: number, other: number): boolean {
    for (const place of [column.at, 0, 1, 2, 3]) {
      const difference = this.#at(one, place) - this.#at(other, place);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #keptText(row: number): string | undefined {
    const kept = this.#at(row, column.kept);
    return kept === 0 ? undefined : textAt(this.#kept, kept - 1);
  }

  /** A number for what was kept of an event, whatever the order of its keys; 0 for nothing. */
  #contentNumber(row: number): number {
    const text = this.#keptText(row);
    if (text === undefined) return 0;
    const known = this.#contentOfText.get(text);
    if (known !== undefined) return known;
    const content = canonicalJson(JSON.parse(text));
    const number = this.#contents.get(content) ?? this.#contents.size + 1;
    this.#contents.set(content, number);
    this.#contentOfText.set(text, number);
    return number;
  }
}
