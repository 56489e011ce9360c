import { backslash, closeBrace, closeBracket, comma, openBrace, openBracket, quote } from './jsonBytes.ts';

/** A value of the outermost level, or of a list of records, that has begun and not ended. */
interface OpenValue {
  kind: 'bracketed' | 'string' | 'word';
  /** What came of it in chunks before. */
  pieces: Buffer[];
  length: number;
  depth: number;
  /** It is not a record, but what stands around a list of records. */
  around: boolean;
}

const newline = 0x0a;

/** The end of what stands before the list of a CloudTrail file. */
const beforeRecords = /[{,\s]"Records"\s*:\s*$/;
const beforeRecordsBytes = 64;

export interface SplitterOptions {
  /** The bound of one record in bytes. */
  longest: number;
  /** Where the text begins: at the beginning of a file, or within its `Records`. */
  place: 'file' | 'records';
  onRecord(record: Buffer): void;
  onTooLong(): void;
  /** The text ended where JSON cannot end. */
  onCutOff(): void;
}

/**
 * Cuts JSON into records without reading it all: `{"Records": […]}`, an array, or values in a row (NDJSON). Knows only strings
 * and brackets; whether a record is JSON is seen when it is parsed. So a text that ends too early, or has a flaw in one record,
 * still gives all the others. Chunks may end anywhere.
 */
export class RecordSplitter {
  readonly #longest: number;
  readonly #onRecord: (record: Buffer) => void;
  readonly #onTooLong: () => void;
  readonly #onCutOff: () => void;
  /** Where the next value belongs: among the values of the file, to an outermost array, or to `Records`. */
  #place: 'file' | 'array' | 'records';
  #value: OpenValue | undefined;
  #inString = false;
  #escaped = false;

  constructor(options: SplitterOptions) {
    this.#place = options.place;
    this.#longest = options.longest;
    this.#onRecord = options.onRecord;
    this.#onTooLong = options.onTooLong;
    this.#onCutOff = options.onCutOff;
  }

  write(chunk: Buffer): void {
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      if (!this.#value) {
        start = at;
        this.#begin(chunk[at] as number);
        at++;
      } else {
        const end = this.#endOf(this.#value, chunk, { start, at });
        if (end === undefined) break;
        at = end;
        start = end;
      }
    }
    if (this.#value) this.#keep(this.#value, chunk.subarray(start));
  }

  /** What was begun and has not ended is handed over as it is. */
  end(): void {
    const value = this.#value;
    const isCutOff = this.#place !== 'file' || (value !== undefined && value.kind !== 'word');
    if (value) this.#finish(value, Buffer.alloc(0));
    if (isCutOff) this.#onCutOff();
  }

  /** What a byte between values begins: a value, the outermost array, or nothing. */
  #begin(byte: number): void {
    if (isIgnored(byte)) return;
    if (byte === closeBracket) this.#closeList();
    else if (byte === openBracket && this.#place === 'file') this.#place = 'array';
    else if (byte === openBrace || byte === openBracket) this.#value = opened('bracketed', 1);
    else {
      this.#inString = byte === quote;
      this.#value = opened(this.#inString ? 'string' : 'word', 0);
    }
  }

  /** After `Records` comes the rest of its object: it may have a second one. */
  #closeList(): void {
    if (this.#place === 'records') this.#value = { ...opened('bracketed', 1), around: true };
    this.#place = 'file';
  }

  /** Reads on from `at` in the open value, which has begun at `start`; where it ends, or undefined if not in this chunk. */
  #endOf(value: OpenValue, chunk: Buffer, { start, at }: { start: number; at: number }): number | undefined {
    if (value.kind === 'word') return this.#endOfWord(value, chunk, { start, at });
    for (let next = at; next < chunk.length; next++) {
      const byte = chunk[next] as number;
      if (this.#inString) this.#readInString(byte);
      else if (byte === quote) this.#inString = true;
      else if (byte === openBrace) value.depth++;
      else if (byte === openBracket) {
        if (value.depth === 1 && this.#standsBeforeRecords(value, chunk.subarray(start, next))) {
          this.#value = undefined;
          this.#place = 'records';
          return next + 1;
        }
        value.depth++;
      } else if (byte === closeBrace || byte === closeBracket) value.depth--;
      if (value.depth === 0 && !this.#inString) {
        this.#finish(value, chunk.subarray(start, next + 1));
        return next + 1;
      }
    }
    return undefined;
  }

  /** A number, `true`, or something that is not JSON: among the values of the file it goes to the end of its line. */
  #endOfWord(
    value: OpenValue,
    chunk: Buffer,
    { start, at }: { start: number; at: number },
  ): number | undefined {
    const ends = this.#place === 'file' ? isNewline : endsWord;
    const end = chunk.subarray(at).findIndex(ends);
    if (end === -1) return undefined;
    this.#finish(value, chunk.subarray(start, at + end));
    return at + end;
  }

  #readInString(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#inString = false;
  }

  #standsBeforeRecords(value: OpenValue, last: Buffer): boolean {
    if (this.#place !== 'file') return false;
    let tail = last.subarray(-beforeRecordsBytes);
    for (let piece = value.pieces.length - 1; piece >= 0 && tail.length < beforeRecordsBytes; piece--)
      tail = Buffer.concat([value.pieces[piece] as Buffer, tail]).subarray(-beforeRecordsBytes);
    return beforeRecords.test(tail.toString('latin1'));
  }

  #keep(value: OpenValue, piece: Buffer): void {
    value.length += piece.length;
    if (value.length > this.#longest) value.pieces = [];
    else value.pieces.push(piece);
  }

  #finish(value: OpenValue, last: Buffer): void {
    this.#keep(value, last);
    this.#value = undefined;
    this.#inString = false;
    this.#escaped = false;
    if (value.around) return;
    if (value.length > this.#longest) this.#onTooLong();
    else this.#onRecord(value.pieces.length === 1 ? last : Buffer.concat(value.pieces));
  }
}

const opened = (kind: OpenValue['kind'], depth: number): OpenValue => ({
  kind,
  pieces: [],
  length: 0,
  depth,
  around: false,
});

const isNewline = (byte: number): boolean => byte === newline;

const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

const endsWord = (byte: number): boolean =>
  isBlank(byte) || byte === comma || byte === closeBracket || byte === closeBrace;

/** Between values: blanks, commas, braces too many, and the byte order mark of UTF-8. */
const isIgnored = (byte: number): boolean =>
  isBlank(byte) || byte === comma || byte === closeBrace || byte === 0xef || byte === 0xbb || byte === 0xbf;
