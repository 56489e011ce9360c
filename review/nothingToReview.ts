import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { counted, quoted } from './findings/words.ts';
import type { LogInput } from './reader/logInput.ts';

/** Why there is nothing to review where no file is a log file, and what to do next. */
export function noLogsMessage(input: LogInput): string {
  const { directory, digests, others, notOpened } = input;
  if (notOpened[0])
    return `No log file of CloudTrail can be reached in ${directory}: ${quoted(notOpened[0].path)} is a link, which is not followed, or a folder that could not be opened. Name the folder that the logs lie in themselves, and let whoever runs the review read it.`;
  const there = digests.length + others.length;
  const what =
    there === 0 ? 'is empty' : `holds ${counted(there, 'file')} and no log file of CloudTrail among them`;
  const next = archiveIn(others) ?? fetchLogs(directory);
  return `${directory} ${what}. ${next}`;
}

/** The same where there are files that could be log files, and no record in them. */
export function noRecordsMessage(input: LogInput, skipped: Record<string, number>): string {
  const { directory, logs } = input;
  const reasons = Object.entries(skipped).map(([reason, count]) => `${reason} ${count}`);
  const why = reasons.length > 0 ? ` (skipped: ${reasons.join(', ')})` : '';
  const next =
    archiveIn(logs) ??
    lookupIn(input) ??
    "Name the folder that the trail's files lie in, as CloudTrail delivered them.";
  return `No CloudTrail record can be read from ${counted(logs.length, 'file')} in ${directory}${why}. ${next}`;
}

const fetchLogs = (directory: string): string =>
  `Fetch the logs there first: aws s3 sync s3://BUCKET/AWSLogs ${directory}/AWSLogs`;

function archiveIn(files: LogInput['others']): string | undefined {
  const archive = files.find(({ path }) => isArchive.test(path));
  return (
    archive && `${quoted(archive.path)} is an archive: unpack it, and name the folder that its files lie in.`
  );
}

const isArchive = /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|7z)$/i;

function lookupIn({ directory, logs }: LogInput): string | undefined {
  const lookup = logs.slice(0, mostLookedAt).find(({ path }) => isLookup(beginningOf(join(directory, path))));
  return (
    lookup &&
    `${quoted(lookup.path)} is what aws cloudtrail lookup-events prints, which tells of one account and region only, and is not read. ${fetchLogs(directory)}`
  );
}

/** Files of which one tells what the others are. */
const mostLookedAt = 10;

const isLookup = (text: string): boolean =>
  /^\s*\{\s*"(?:Events|NextToken)"\s*:/.test(text) && /"(?:EventId|CloudTrailEvent)"\s*:/.test(text);

/** Empty where it cannot be read. */
function beginningOf(file: string): string {
  const beginning = Buffer.alloc(8_192);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return beginning.toString('utf8', 0, readSync(descriptor, beginning, 0, beginning.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
