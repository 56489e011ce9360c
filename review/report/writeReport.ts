import type { Review } from '../review.ts';
import { callsCsv } from './callsTable.ts';
import { crossReferences } from './crossReferences.ts';
import { documentOf } from './documentOf.ts';
import { findingsCsv } from './findingsTable.ts';
import { grantsCsv } from './grantsTable.ts';
import { inputList } from './inputList.ts';
import { ocsfLines } from './ocsf.ts';
import { reviewHtml } from './reviewHtml.ts';
import { reviewJson } from './reviewJson.ts';
import { sessionsCsv } from './sessionsTable.ts';
import { writeFiles } from './writeFiles.ts';

/**
 * Writes the report into a folder: tables for auditors, a page for people, JSON and OCSF for machines, and the list of what was
 * read. Files of an earlier review there are replaced, all at once. Rejects with the error of the file system.
 */
export async function writeReport(review: Review, directory: string): Promise<void> {
  const references = crossReferences(review);
  await writeFiles(directory, {
    'grants.csv': grantsCsv(review, references),
    'sessions.csv': sessionsCsv(review, references),
    'calls.csv': callsCsv(review, references),
    'findings.csv': findingsCsv(review),
    'review.json': reviewJson(documentOf(review, references)),
    'review.html': [reviewHtml(review, references)],
    'ocsf.ndjson': ocsfLines(review),
    'inputs.sha256': inputList(review.trail.files),
  });
}
