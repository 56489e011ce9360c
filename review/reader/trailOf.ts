import type { CollectedEvents } from './collectedEvents.ts';
import { column, rowWidth } from './eventRows.ts';
import { instantAt, type Seconds } from './eventTime.ts';
import type { FileSummary } from './fileSummary.ts';
import type { KeptEvent } from './keptEvent.ts';
import type { KeptContent } from './keptEvents.ts';
import { fileReasons } from './skipReasons.ts';
import { compare } from './textOrder.ts';
import { textAt } from './textStore.ts';
import type { Completeness, Conflict, LogFile, Trail } from './trail.ts';
import { idTextOf, trailSessions } from './trailSessions.ts';
import { type UniqueEvents, uniqueEvents } from './uniqueEvents.ts';

/** What lay beside the files that were read. */
interface NotRead {
  /** Paths of folders and links. */
  notOpened: string[];
  /** How many files were no logs. */
  otherFiles: number;
}

/** What all files together tell, each event once. */
export function trailOf(events: CollectedEvents, notRead: NotRead): Trail {
  // From here on a file's number is also its place in the list.
  events.files.sort((a, b) => a.index - b.index);
  const unique = uniqueEvents(events);
  return {
    completeness: completenessOf(events, { unique, notRead }),
    files: events.files.map(logFileOf),
    notOpened: notRead.notOpened,
    sessions: trailSessions(events, unique.counts),
    kept: keptOf(events, unique.counts),
    conflicts: conflictsOf(events, unique.conflicts),
  };
}

function completenessOf(
  { rows, files }: CollectedEvents,
  { unique, notRead }: { unique: UniqueEvents; notRead: NotRead },
): Completeness {
  const { counts, duplicates, replaced, conflicts } = unique;
  const versions = conflicts.reduce((sum, rows) => sum + rows.length - 1, 0);
  let [first, last]: [Seconds, Seconds] = [Number.POSITIVE_INFINITY, 0];
  let counted = 0;
  for (let row = 0; row < counts.length; row++) {
    if (counts[row] === 0) continue;
    const at = rows[row * rowWidth + column.at] as number;
    first = Math.min(first, at);
    last = Math.max(last, at);
    counted++;
  }
  return {
    files: files.length,
    records: files.reduce((sum, { records }) => sum + records, 0),
    duplicates: duplicates + versions,
    unique: counted - versions,
    skipped: skippedOf(files, {
      replaced,
      notOpened: notRead.notOpened.length,
      otherFile: notRead.otherFiles,
    }),
    ...(counted > 0 ? { first: instantAt(first), last: instantAt(last) } : {}),
  };
}

/** All counts by reason, reasons in alphabetical order, those of no file left out. */
function skippedOf(files: readonly FileSummary[], more: Record<string, number>): Record<string, number> {
  const sums = new Map(Object.entries(more));
  for (const { skipped } of files)
    for (const [reason, count] of Object.entries(skipped)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return Object.fromEntries([...sums].filter(([, count]) => count > 0).sort(([a], [b]) => compare(a, b)));
}

function logFileOf({
  path,
  bytes,
  sha256,
  contentSha256,
  records,
  first,
  last,
  skipped,
}: FileSummary): LogFile {
  const fault = faultOf(skipped);
  return {
    path,
    bytes,
    sha256,
    ...(contentSha256 === undefined ? {} : { contentSha256 }),
    records,
    ...(first === undefined ? {} : { first: instantAt(first) }),
    ...(last === undefined ? {} : { last: instantAt(last) }),
    ...(fault === '' ? {} : { fault }),
  };
}

/** Why a file could not be read whole, in words; empty where it was. */
function faultOf(skipped: FileSummary['skipped']): string {
  // Nearly always, and there can be a million files.
  if (Object.keys(skipped).length === 0) return '';
  const faults = Object.entries(fileReasons).filter(([reason]) => Object.hasOwn(skipped, reason));
  return faults.map(([, words]) => words).join('; ');
}

function keptOf({ rows, kept, files }: CollectedEvents, counts: Uint8Array): KeptEvent[] {
  const standing: KeptEvent[] = [];
  for (let row = 0; row < counts.length; row++) {
    const number = rows[row * rowWidth + column.kept] as number;
    const text = number === 0 || counts[row] === 0 ? undefined : textAt(kept, number - 1);
    if (text === undefined) continue;
    const content: KeptContent = JSON.parse(text);
    standing.push({ ...content, file: files[rows[row * rowWidth + column.file] as number]?.path ?? '' });
  }
  return standing.sort(
    (a, b) =>
      compare(a.at, b.at) ||
      compare(a.id, b.id) ||
      // Not by file first: records may be moved from one to another, or their files be called otherwise.
      compare(contentTextOf(a), contentTextOf(b)) ||
      compare(a.file, b.file),
  );
}

const contentTextOf = (event: KeptEvent): string => JSON.stringify({ ...event, file: '' });

function conflictsOf({ rows, files, otherIds }: CollectedEvents, conflicts: number[][]): Conflict[] {
  const idTexts = new Map(otherIds);
  return conflicts
    .map((versions) => {
      const times = versions.map((row) => rows[row * rowWidth + column.at] as number);
      const names = versions.map((row) => files[rows[row * rowWidth + column.file] as number]?.path ?? '');
      return {
        eventId: idTextOf(rows, (versions[0] as number) * rowWidth, idTexts),
        at: instantAt(times.reduce((least, at) => (at < least ? at : least))),
        files: [...new Set(names)].sort(),
      };
    })
    .sort((a, b) => compare(a.at, b.at) || compare(a.eventId, b.eventId));
}
