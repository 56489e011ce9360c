import { type FileReason, fileReasons, type RecordReason } from '../../reader/skipReasons.ts';
import type { Trail } from '../../reader/trail.ts';
import type { FindingRule } from '../finding.ts';
import { counted, quoted } from '../words.ts';

/**
 * Records and files that could not be read, by reason: what they show is in no count and no rule. Medium: fetch them again. Critical
 * where something follows the compressed content of a file, which AWS never writes, unless digests say so already. Folders that could
 * not be opened and links may hide any number of files. Insights, records that a later one replaced and files of other kinds are left
 * out on purpose.
 */
export const unreadableRecords: FindingRule = {
  name: 'unreadable-records',
  promise: 'Every record of every log file was read.',
  find: ({ trail, integrity }) =>
    Object.entries(trail.completeness.skipped)
      .filter(([reason, count]) => count > 0 && !leftOut.has(reason))
      .filter(
        ([reason]) =>
          reason !== hiddenMember || !integrity.faults.some(({ kind }) => kind === 'logHasHiddenMember'),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reason, count]) => ({
        severity: reason === hiddenMember ? 'critical' : 'medium',
        subject: reason,
        message:
          reason === closedFolder
            ? notOpenedMessage(trail)
            : `${counted(count, reason in fileReasons ? 'file' : 'record')} could not be read, or not to the end (${quoted(reason)})${exampleOf(reason, trail)}: see what made it so, and fetch it again.`,
        eventIds: [],
      })),
};

function notOpenedMessage({ notOpened }: Trail): string {
  const example = quoted(notOpened[0] ?? '', 200);
  const which =
    notOpened.length === 1
      ? `${example} was not read: it is a folder`
      : `${notOpened.length} folders or links, such as ${example}, was not read: each is a folder`;
  return `What lies behind ${which} that could not be opened, or a link, which no review follows. Let whoever runs the review open the folder, or put what the link leads to in its place.`;
}

/** A file that it was so with, where that is known. */
function exampleOf(reason: string, { files }: Trail): string {
  const why = Object.entries(fileReasons).find(([name]) => name === reason)?.[1];
  const faulty = files.filter(({ fault }) => fault !== undefined && (!why || fault.includes(why)));
  const [first] = faulty.map(({ path }) => path).sort();
  return first === undefined ? '' : `, such as ${quoted(first, 200)}`;
}

const leftOut = new Set<string>(['insight', 'replaced', 'otherFile'] satisfies (RecordReason | FileReason)[]);
const closedFolder: FileReason = 'notOpened';
const hiddenMember: FileReason = 'secondGzipMember';
