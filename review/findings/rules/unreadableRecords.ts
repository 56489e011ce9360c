import { type FileReason, fileReasons, type RecordReason } from '../../reader/skipReasons.ts';
import type { Trail } from '../../reader/trail.ts';
import type { FindingRule } from '../finding.ts';
import { counted, quoted } from '../words.ts';

/**
 * Records and files that could not be read, by reason: what they show is in no count and no rule. Medium: fetch them again. Critical
 * where something follows the compressed content of a file, which AWS never writes, unless digests say so already. Insights, records
 * that a later one replaced and files of other kinds are left out on purpose.
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
        message: `${counted(count, reason in fileReasons ? 'file' : 'record')} could not be read, or not to the end (${quoted(reason)})${exampleOf(reason, trail)}: see what made it so, and fetch it again.`,
        eventIds: [],
      })),
};

/** A file that it was so with, where that is known. */
function exampleOf(reason: string, { files }: Trail): string {
  const why = Object.entries(fileReasons).find(([name]) => name === reason)?.[1];
  const faulty = files.filter(({ fault }) => fault !== undefined && (!why || fault.includes(why)));
  const [first] = faulty.map(({ path }) => path).sort();
  return first === undefined ? '' : `, such as ${quoted(first, 200)}`;
}

const leftOut = new Set<string>(['insight', 'replaced', 'otherFile'] satisfies (RecordReason | FileReason)[]);
const hiddenMember: FileReason = 'secondGzipMember';
