import { isUtf8 } from 'node:buffer';
import { type EventCollector, type FileSummary, skip } from './eventCollector.ts';
import { afterBrackets, comma, openBrace } from './jsonBytes.ts';
import { RecordGlance } from './recordGlance.ts';
import { RecordSplitter } from './recordSplitter.ts';

/** How CloudTrail begins and ends its files. */
const beginning = Buffer.from('{"Records":[');
const end = Buffer.from(']}');

/** The records of a file that is in memory; of a damaged one those that can be read. `longest` is the bound of one record in bytes. */
export function addRecords(
  content: Buffer,
  file: FileSummary,
  { collector, longest }: { collector: EventCollector; longest: number },
): void {
  const isOfCloudTrail = content.subarray(0, beginning.length).equals(beginning) && isUtf8(content);
  const read = isOfCloudTrail ? addGlances(content, file, collector) : 0;
  if (read === content.length) return;
  const records = splitterInto(file, collector, { longest, place: read === 0 ? 'file' : 'records' });
  records.write(content.subarray(read));
  endRecords(records, file);
}

/**
 * The fast way, for files as CloudTrail writes them: one record after the other, parsed only where a first glance is not enough. Answers how
 * far it got: the rest, if there is one, has to be read in another way.
 */
function addGlances(content: Buffer, file: FileSummary, collector: EventCollector): number {
  const { glance, glances } = collector;
  let at = beginning.length;
  while (content[at] === openBrace) {
    const afterGlance = glance.read(content, at);
    const after = afterGlance === -1 ? afterBrackets(content, at) : afterGlance;
    if (after === -1) return at;
    if (afterGlance === -1 || !glances.add(glance, file)) {
      const session = addText(content.toString('utf8', at, after), file, collector);
      if (session && afterGlance !== -1) glances.remember(glance, session);
    }
    at = after;
    if (content[at] !== comma) break;
    at++;
  }
  return content.subarray(at).equals(end) ? content.length : at;
}

function addText(text: string, file: FileSummary, collector: EventCollector): void {
  const value = parsed(text);
  if (value === undefined) collector.skipRecord(file, 'notJson');
  else collector.addRecord(value, file);
}

/** Takes in a file in chunks, record by record. `longest` is the bound of one record in bytes. */
export function splitterInto(
  file: FileSummary,
  collector: EventCollector,
  { longest, place = 'file' }: { longest: number; place?: 'file' | 'records' },
): RecordSplitter {
  return new RecordSplitter({
    longest,
    place,
    onRecord(record) {
      if (!isUtf8(record)) file.skipped.notUtf8 = 1;
      addText(record.toString(), file, collector);
    },
    onTooLong: () => collector.skipRecord(file, 'tooLong'),
  });
}

/** Ends the reading of a file in chunks. */
export function endRecords(records: RecordSplitter, file: FileSummary): void {
  if (!records.end()) skip(file, 'cutOff');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
