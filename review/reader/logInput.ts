import {
  closeSync,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { isGzip } from './gzip.ts';

/** What lies in a folder of CloudTrail files; each list by path, compared by code unit. */
export interface LogInput {
  /** As it was given. */
  directory: string;
  logs: ListedFile[];
  /** CloudTrail's digest files. */
  digests: InputFile[];
  /** Files beside digests with their signatures: `<digest>.signature`, or `<digest>.metadata.json` as `aws s3api head-object` prints it. */
  signatures: InputFile[];
  /** Folders that could not be opened, and links that logs may lie behind: whatever is there is not read. */
  notOpened: ListedFile[];
  /** Files that are no logs, links to such files, and devices, none of which is read. */
  others: ListedFile[];
}

export interface InputFile {
  /** Relative to the folder, with forward slashes. */
  path: string;
  bytes: number;
}

export interface ListedFile {
  path: string;
  /** Undefined where there are very many files: then no one file is much of the whole, and asking for each takes as long as reading some. */
  bytes?: number | undefined;
}

/** So many files are asked for their lengths. */
const mostMeasured = 10_000;

/**
 * Lists a folder and all folders in it: the layout that CloudTrail has in S3, or any other. Links are not followed: they may lead in
 * circles, or to what does not belong here. Throws where the folder itself cannot be read.
 */
export async function listInput(directory: string): Promise<LogInput> {
  const root = realpathSync(directory);
  const input: LogInput = { directory, logs: [], digests: [], signatures: [], notOpened: [], others: [] };
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(root, folder, input)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink())
        (mayHideLogs(join(root, path)) ? input.notOpened : input.others).push({ path });
      else sort(input, root, path, entry.isFile());
    }
  }
  for (const files of [input.logs, input.digests, input.signatures, input.notOpened, input.others])
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
  if (input.logs.length <= mostMeasured)
    for (const file of input.logs) file.bytes = bytesOf(join(root, file.path));
  return input;
}

function entriesOf(root: string, folder: string, input: LogInput): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder === '') throw error;
    input.notOpened.push({ path: folder });
    return [];
  }
}

function sort(input: LogInput, root: string, path: string, isFile: boolean): void {
  const file = { path };
  if (!isFile) input.others.push(file);
  else if (path.includes('CloudTrail-Digest') && isOfDigest(path))
    (isSignature(path) ? input.signatures : input.digests).push({ path, bytes: bytesOf(join(root, path)) });
  else if (isNamedLikeLog(path) || beginsLikeLog(join(root, path))) input.logs.push(file);
  else input.others.push(file);
}

const isSignature = (path: string): boolean =>
  /_CloudTrail-Digest_[^/]*\.(signature|metadata\.json)$/.test(path);

const isOfDigest = (path: string): boolean =>
  /(^|\/)CloudTrail-Digest\/|_CloudTrail-Digest_[^/]*$/.test(path);

/** Nearly all end as CloudTrail's own do. */
const isNamedLikeLog = (path: string): boolean =>
  path.endsWith('.json.gz') || /\.(json|gz|jsonl|ndjson)$/i.test(path);

/** A link to a folder or to a log by either name, or one that leads nowhere, to itself, or to where nobody may look. */
function mayHideLogs(link: string): boolean {
  try {
    return isNamedLikeLog(link) || isNamedLikeLog(realpathSync(link)) || statSync(link).isDirectory();
  } catch {
    return true;
  }
}

/** 0 where it is gone, or lies in a folder that may be listed and not entered: what it holds is asked for later. */
function bytesOf(file: string): number {
  try {
    return lstatSync(file).size;
  } catch {
    return 0;
  }
}

/** For files whose name says nothing: whether they begin as gzip or as JSON. One that cannot be read is a log, and counted there. */
function beginsLikeLog(file: string): boolean {
  const beginning = Buffer.alloc(64);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const length = readSync(descriptor, beginning, 0, beginning.length, 0);
      const text = beginning.toString('utf8', 0, length);
      return isGzip(beginning) || /^\uFEFF?\s*[{[]/.test(text);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return true;
  }
}
