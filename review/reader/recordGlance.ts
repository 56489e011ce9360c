import { textOf } from './fields.ts';
import {
  afterKey,
  afterValue,
  closeBrace,
  colon,
  comma,
  hashOfBytes,
  isTextIn,
  openBrace,
  quote,
} from './jsonBytes.ts';
import type { KnownCaller, KnownCallers } from './knownCallers.ts';

/** Fields of a record by which it is decided whether there is more to look at in it. */
const names = [
  'eventTime',
  'eventSource',
  'eventName',
  'eventID',
  'errorCode',
  'errorMessage',
  'readOnly',
  'requestParameters',
  'responseElements',
  'resources',
  'addendum',
  'userIdentity',
] as const;
type FieldName = (typeof names)[number];

/** Each field's place in `names`. */
export const field = Object.fromEntries(names.map((name, place) => [name, place])) as Record<
  FieldName,
  number
>;

const { userIdentity } = field;

/** The shortest of these names, and more than any of them has. */
const nameLength = { least: 7, bound: 32 };

/** Fields by length and fourth last letter of their names, which no two have in common; 0 for none, else the place plus one. */
const table = new Uint8Array(nameLength.bound * 256);
for (const [place, name] of names.entries()) {
  const key = Buffer.from(name);
  table[entryOf(key, 0, key.length)] = place + 1;
}

function entryOf(bytes: Buffer, start: number, end: number): number {
  return (end - start) * 256 + (bytes[end - 4] as number);
}

/** What has more brackets in one another is for `JSON.parse` to look at. */
const deepest = 48;

/**
 * What a record says at first glance: where the values of some fields stand in its bytes. That takes a fraction of the time of parsing it, and
 * is all that is needed of most events. It knows JSON as CloudTrail writes it, without blanks between; a record that is
 * written in another way has to be parsed.
 */
export class RecordGlance {
  #bytes: Buffer = Buffer.alloc(0);
  /** Where each field's value begins and ends; it ends at 0 where it is absent. */
  readonly #starts = new Int32Array(names.length);
  readonly #ends = new Int32Array(names.length);
  readonly #callers: KnownCallers;
  /** Who made the call, if that could be told without reading `userIdentity`. */
  caller: KnownCaller | undefined;

  constructor(callers: KnownCallers) {
    this.#callers = callers;
  }

  /** Looks at the record that begins at `start`. Answers where it ends, or -1 where it is not written as expected. */
  read(bytes: Buffer, start: number): number {
    this.#bytes = bytes;
    this.#ends.fill(0);
    this.caller = undefined;
    if (bytes[start] !== openBrace) return -1;
    let at = start;
    do {
      const key = at + 2;
      const afterQuote = bytes[at + 1] === quote ? afterKey(bytes, key) : -1;
      if (afterQuote === -1 || bytes[afterQuote] !== colon) return -1;
      at = this.#readField(key, afterQuote - 1);
      if (at === -1) return -1;
      if (bytes[at] === closeBrace) return at + 1;
    } while (bytes[at] === comma);
    return -1;
  }

  /** The place after the value of a key, which ends with `:`. */
  #readField(key: number, keyEnd: number): number {
    const bytes = this.#bytes;
    const value = keyEnd + 2;
    const place = this.#placeOf(key, keyEnd);
    const end = place === userIdentity ? this.#afterCaller(value) : afterValue(bytes, value, deepest);
    if (place === -1) return end;
    // Of a key that stands twice the last one counts: also for `JSON.parse` to look at.
    if (this.#ends[place] !== 0) return -1;
    this.#starts[place] = value;
    this.#ends[place] = end;
    return end;
  }

  #afterCaller(value: number): number {
    this.caller = this.#callers.at(this.#bytes, value);
    return this.caller ? value + this.caller.json.length : afterValue(this.#bytes, value, deepest);
  }

  #placeOf(key: number, keyEnd: number): number {
    const length = keyEnd - key;
    if (length < nameLength.least || length >= nameLength.bound) return -1;
    const place = (table[entryOf(this.#bytes, key, keyEnd)] as number) - 1;
    return place !== -1 && isTextIn(this.#bytes, key, keyEnd, names[place] as string) ? place : -1;
  }

  /** Whether a field is absent or null. */
  isAbsent(place: number): boolean {
    return this.#ends[place] === 0 || this.is(place, 'null');
  }

  /** Whether a field has this word, `true` or `null`, for its value. */
  is(place: number, word: string): boolean {
    return isTextIn(this.#bytes, this.#starts[place] as number, this.#ends[place] as number, word);
  }

  /** Whether a field has this text, of ASCII and without what JSON would escape, for its value. */
  isText(place: number, text: string): boolean {
    const [start, end] = [this.#starts[place] as number, this.#ends[place] as number];
    return (
      end - start === text.length + 2 &&
      this.#bytes[start] === quote &&
      isTextIn(this.#bytes, start + 1, end - 1, text)
    );
  }

  /** The text of a field as `textOf` gives it; undefined where it has none, or has escapes. */
  text(place: number): string | undefined {
    const [start, end] = [this.#starts[place] as number, this.#ends[place] as number];
    if (end === 0 || this.#bytes[start] !== quote) return undefined;
    const text = this.#bytes.toString('utf8', start + 1, end - 1);
    return text.includes('\\') || (text !== '' && textOf(text) !== text) ? undefined : text;
  }

  /** Where the text of a field begins, if it is a string of this length in bytes; else -1. */
  startOfText(place: number, length: number): number {
    const start = this.#starts[place] as number;
    return (this.#ends[place] as number) - start === length + 2 && this.#bytes[start] === quote
      ? start + 1
      : -1;
  }

  /** Whether a pattern of ASCII fits the JSON of a field that is there. */
  matches(place: number, pattern: RegExp): boolean {
    return (
      !this.isAbsent(place) &&
      pattern.test(this.#bytes.toString('latin1', this.#starts[place], this.#ends[place]))
    );
  }

  /** A hash of the JSON of a field, from an earlier one on. */
  hash(place: number, from?: number): number {
    return hashOfBytes(this.#bytes, this.#starts[place] as number, this.#ends[place] as number, from);
  }

  /** The JSON of a field. */
  json(place: number): Buffer {
    return this.#bytes.subarray(this.#starts[place], this.#ends[place]);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }
}
