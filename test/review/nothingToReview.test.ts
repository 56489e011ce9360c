import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { runReview } from '#review/runReview.ts';
import { UnusableInput } from '#review/unusableInput.ts';
import { type Files, logFile, logFolder } from './reader/logFolder.ts';

/** Why no review can be made of a folder with these files, which is called DIR. */
async function refusalOf(files: Files): Promise<string> {
  const directory = await logFolder(files);
  const made = runReview({
    directory,
    period: {},
    catalogues: new Map(),
    workers: 1,
    parameters: {},
    tool: { name: 'countersign', version: '0.1.0' },
    madeAt: '2026-12-01T08:00:00Z',
  });
  const error: unknown = await made.catch((reason: unknown) => reason);
  if (!(error instanceof UnusableInput)) throw new Error('It is a review, or another error.');
  return error.message.replaceAll(directory, 'DIR');
}

const lookup = JSON.stringify({ Events: [{ EventId: 'a', CloudTrailEvent: '{}' }] }, null, 4);
const archive = gzipSync('logs/a.json\0');

it.each<[string, Files, string]>([
  ['nothing', {}, 'DIR is empty. Fetch the logs there first: '],
  [
    'one other file',
    { 'notes.txt': 'x' },
    'DIR holds 1 file and no log file of CloudTrail among them. Fetch',
  ],
  ['several', { 'a.txt': 'x', 'b.txt': 'y' }, 'DIR holds 2 files and no log file'],
  ['an archive', { 'logs.zip': 'PK' }, 'logs.zip is an archive: unpack it, and name the folder'],
  ['a compressed archive', { 'l/logs.tar.gz': archive }, 'l/logs.tar.gz is an archive: unpack it'],
  ['an empty log', { 'a.json.gz': logFile([]) }, 'No CloudTrail record can be read from 1 file in DIR. Name'],
  ['no records', { 'a.json': '[1]', 'b.json': '[2]' }, 'from 2 files in DIR (skipped: notARecord 2). Name'],
  ['what was looked up', { 'a.json': lookup }, 'a.json is what aws cloudtrail lookup-events prints'],
])('that it is %s is said, and what to do next', async (_, files, words) => {
  expect(await refusalOf(files)).toContain(words);
});
