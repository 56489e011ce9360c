import type { LogFile } from '../reader/trail.ts';
import type { NamedLog } from './digest.ts';

/** Log files by name. Their paths may begin anywhere in the bucket; the names are unique: CloudTrail puts 16 random characters there. */
export interface LogIndex {
  files: readonly LogFile[];
  byName: ReadonlyMap<string, readonly number[]>;
}

/** The log files that a digest names; numbers are places in `LogIndex.files`. */
export interface LogMatches {
  /** Content as the digest says. */
  agreeing: number[];
  /** Other content. */
  differing: number[];
  /** No file of that name is in the folder. */
  absent: NamedLog[];
}

export function indexLogs(files: readonly LogFile[]): LogIndex {
  const byName = new Map<string, number[]>();
  for (const [at, { path }] of files.entries()) {
    const name = nameOf(path);
    const same = byName.get(name);
    if (same) same.push(at);
    else byName.set(name, [at]);
  }
  return { files, byName };
}

/** Compares what a digest says with the files in the folder. Every copy of a file has to be as the digest says. */
export function matchLogs({ files, byName }: LogIndex, logs: readonly NamedLog[]): LogMatches {
  const matches: LogMatches = { agreeing: [], differing: [], absent: [] };
  for (const log of logs) {
    const copies = byName.get(nameOf(log.key));
    if (!copies) matches.absent.push(log);
    for (const at of copies ?? [])
      (files[at]?.contentSha256 === log.sha256 ? matches.agreeing : matches.differing).push(at);
  }
  return matches;
}

/** Without the folder, and without `.gz`: a file may have been uncompressed where it lies. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.gz$/, '');
