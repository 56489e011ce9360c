import { isUtf8 } from 'node:buffer';
import type { EventCollector } from './eventCollector.ts';
import { type FileSummary, skip } from './fileSummary.ts';
import { GlanceCollector } from './glanceCollector.ts';
import { afterBrackets, comma, openBrace } from './jsonBytes.ts';
import { KnownCallers } from './knownCallers.ts';
import { RecordGlance } from './recordGlance.ts';
import { RecordSplitter } from './recordSplitter.ts';

/** How CloudTrail begins and ends its files. */
const beginning = Buffer.from('{"Records":[');
const end = Buffer.from(']}');

/** Finds the records in the content of files, one file after the other, and hands them to the collector. */
export class RecordReader {
  readonly #collector: EventCollector;
  readonly #longest: number;
  readonly #glance: RecordGlance;
  readonly #glances: GlanceCollector;

  /** `longest` is the bound of one record in bytes, where the content comes in chunks. */
  constructor(collector: EventCollector, longest: number) {
    this.#collector = collector;
    this.#longest = longest;
    const callers = new KnownCallers();
    this.#glance = new RecordGlance(callers);
    this.#glances = new GlanceCollector(collector, callers);
  }

  /** Reads content that is in memory; of damaged content the records that can be read. */
  read(content: Buffer, file: FileSummary): void {
    const isOfCloudTrail = content.subarray(0, beginning.length).equals(beginning) && isUtf8(content);
    const read = isOfCloudTrail ? this.#readGlances(content, file) : 0;
    if (read === 'all') return;
    const chunks = this.chunks(file, read === 0 ? 'file' : 'records');
    chunks.write(content.subarray(read));
    chunks.end();
  }

  /** Reads content that comes in chunks. */
  chunks(file: FileSummary, place: 'file' | 'records' = 'file'): RecordSplitter {
    return new RecordSplitter({
      longest: this.#longest,
      place,
      onRecord: (record) => {
        if (!isUtf8(record)) file.skipped.notUtf8 = 1;
        if (!this.#isAtGlance(record, file)) this.#parse(record.toString(), file);
      },
      onTooLong: () => this.#collector.skipRecord(file, 'tooLong'),
      onCutOff: () => skip(file, 'cutOff'),
    });
  }

  /**
   * The fast way, for content as CloudTrail writes it: one record after the other, parsed only where a glance is not enough. Answers how far
   * it got: the rest, if there is one, has to be read in another way.
   */
  #readGlances(content: Buffer, file: FileSummary): number | 'all' {
    let at = beginning.length;
    while (content[at] === openBrace) {
      const afterGlance = this.#glance.read(content, at);
      const after = afterGlance === -1 ? afterBrackets(content, at) : afterGlance;
      if (after === -1) return at;
      if (afterGlance === -1 || !this.#glances.add(this.#glance, file))
        this.#parse(content.toString('utf8', at, after), file);
      at = after;
      if (content[at] !== comma) break;
      at++;
    }
    return content.subarray(at).equals(end) ? 'all' : at;
  }

  /** Whether a glance at a record was enough, and it is taken in. */
  #isAtGlance(record: Buffer, file: FileSummary): boolean {
    return this.#glance.read(record, 0) === record.length && this.#glances.add(this.#glance, file);
  }

  #parse(text: string, file: FileSummary): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#collector.skipRecord(file, 'notJson');
      return;
    }
    this.#collector.addRecord(value, file);
  }
}
