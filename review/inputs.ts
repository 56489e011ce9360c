import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What a review judged by, beside the log files: named, so that whoever doubts it can judge by the same again. */
export interface Inputs {
  catalogues: CatalogueInput[];
  /** Catalogues that were named, or lay here, and could not be read. */
  leftOut: { path: string; reason: string }[];
  keys?: InputFile | undefined;
  table?: InputFile | undefined;
}

export interface InputFile {
  /** As it was given. */
  path: string;
  /** Hexadecimal. Absent of what can be read but once, such as a pipe. */
  sha256?: string | undefined;
}

export interface CatalogueInput extends InputFile {
  /** As evidence names the catalogue, the groups of the directory included. */
  digest: string;
  /** The file of the directory's groups beside it. */
  groups?: InputFile | undefined;
}

/** A file that was given, with its hash. It is read for that alone: files may be larger than memory. Rejects where it cannot be read. */
export async function inputFileOf(path: string): Promise<InputFile> {
  if (!(await stat(path)).isFile()) return { path };
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, sha256: hash.digest('hex') };
}
