import { type FileReason, fileReasons, type RecordReason } from '../../reader/skipReasons.ts';
import type { Trail } from '../../reader/trail.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { counted, quoted } from '../words.ts';

/**
 * Records and files that could not be read: what they show is in no count and no rule. One finding for all files with the same reasons,
 * and one for each reason of records. Medium: fetch them again. Critical where something follows the compressed content of a file,
 * which AWS never writes, unless digests say so already. Folders that could not be opened and links may hide any number of files.
 * Insights, records that a later one replaced and files of other kinds are left out on purpose.
 */
export const unreadableRecords: FindingRule = {
  name: 'unreadable-records',
  promise: 'Every record of every log file was read.',
  find(material) {
    const faulty = faultyFiles(material);
    return [...faulty, ...notOfThem(faulty, material)]
      .sort((a, b) => (a.subject < b.subject ? -1 : 1))
      .map((unread) => observe(unread, material));
  },
};

/** What was not read for the same reasons. */
interface Unread {
  /** Names of the reasons. */
  subject: string;
  reasons: string[];
  count: number;
  /** Path of the first file. */
  example?: string | undefined;
}

function faultyFiles({ trail, integrity }: Material): Unread[] {
  const toTell = reasonsToTell(integrity);
  const faulty = trail.files.filter(({ fault }) => fault !== undefined);
  const byReasons = Map.groupBy(faulty, ({ fault = '' }) =>
    Object.entries(fileReasons)
      .flatMap(([reason, why]) => (toTell(reason) && fault.includes(why) ? reason : []))
      .sort()
      .join(', '),
  );
  byReasons.delete('');
  return [...byReasons].map(([subject, files]) => ({
    subject,
    reasons: subject.split(', '),
    count: files.length,
    example: files.map(({ path }) => path).sort()[0],
  }));
}

/** What was counted and is no such file's. Where a file is cut off, the record that it ends in is no JSON: that says nothing more. */
function notOfThem(faulty: readonly Unread[], { trail, integrity }: Material): Unread[] {
  const toTell = reasonsToTell(integrity);
  const filesWith = (reason: string): number =>
    faulty.reduce((sum, { reasons, count }) => sum + (reasons.includes(reason) ? count : 0), 0);
  return Object.entries(trail.completeness.skipped).flatMap(([subject, count]) => {
    const left = count - filesWith(subject === notJson ? cutOff : subject);
    if (left <= 0 || !toTell(subject)) return [];
    return { subject, reasons: [subject], count: left };
  });
}

const reasonsToTell =
  ({ faults }: Material['integrity']) =>
  (reason: string): boolean =>
    !leftOut.has(reason) &&
    (reason !== hiddenMember || !faults.some(({ kind }) => kind === 'logHasHiddenMember'));

function observe({ subject, reasons, count, example }: Unread, { trail }: Material): Observation {
  const what = counted(count, reasons.every((reason) => reason in fileReasons) ? 'file' : 'record');
  const which = example === undefined ? '' : `, such as ${quoted(example, 200)}`;
  return {
    severity: reasons.includes(hiddenMember) ? 'critical' : 'medium',
    subject,
    message:
      subject === closedFolder
        ? notOpenedMessage(trail)
        : `${what} could not be read, or not to the end (${quoted(subject)})${which}: see what made it so, and fetch it again.`,
    eventIds: [],
  };
}

function notOpenedMessage({ notOpened }: Trail): string {
  const example = quoted(notOpened[0] ?? '', 200);
  const which =
    notOpened.length === 1
      ? `${example} was not read: it is a folder`
      : `${notOpened.length} folders or links, such as ${example}, was not read: each is a folder`;
  return `What lies behind ${which} that could not be opened, or a link, which no review follows. Let whoever runs the review open the folder, or put what the link leads to in its place.`;
}

const leftOut = new Set<string>(['insight', 'replaced', 'otherFile'] satisfies (RecordReason | FileReason)[]);
const closedFolder: FileReason = 'notOpened';
const hiddenMember: FileReason = 'secondGzipMember';
const cutOff: FileReason = 'cutOff';
const notJson: RecordReason = 'notJson';
