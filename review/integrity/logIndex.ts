import type { LogFile } from '../reader/trail.ts';
import type { NamedLog } from './digest.ts';

/** Log files by name. Their paths may begin anywhere in the bucket; the names are unique: CloudTrail puts 16 random characters there. */
export type LogIndex = ReadonlyMap<string, Copies>;

/** The files of one name by their content, as places in the list that was indexed: mostly one. */
export type Copies = ReadonlyMap<string, readonly number[]>;

/** The log files that a digest names. Copies are handed on as they are: there can be thousands, and digests that name them. */
export interface LogMatches {
  /** Content as the digest says. */
  agreeing: (readonly number[])[];
  /** Names of which some copies have another content than the digest says. */
  differing: { copies: Copies; sha256: string }[];
  /** No file of that name is in the folder. */
  absent: NamedLog[];
}

export function indexLogs(files: readonly LogFile[]): LogIndex {
  const byName = Map.groupBy(files.keys(), (at) => nameOf(files[at]?.path ?? ''));
  const byContent = (places: readonly number[]): Copies =>
    Map.groupBy(places, (at) => files[at]?.contentSha256 ?? '');
  return new Map(Array.from(byName, ([name, places]) => [name, byContent(places)]));
}

/** Compares what a digest says with the files in the folder. Every copy of a file has to be as the digest says. */
export function matchLogs(index: LogIndex, logs: readonly NamedLog[]): LogMatches {
  const matches: LogMatches = { agreeing: [], differing: [], absent: [] };
  for (const log of logs) {
    const { sha256 } = log;
    const copies = index.get(nameOf(log.key));
    const same = copies?.get(sha256);
    if (!copies) matches.absent.push(log);
    if (same) matches.agreeing.push(same);
    if (copies && copies.size > (same ? 1 : 0)) matches.differing.push({ copies, sha256 });
  }
  return matches;
}

/** Without the folder, and without `.gz`: a file may have been uncompressed where it lies. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.gz$/, '');
