import type { Instant } from '#domain/instant.ts';
import type { Seconds } from './eventTime.ts';
import type { CallerIdentity, KeptEvent } from './keptEvent.ts';

/** What was read from log files, each event once: the same whatever the order of the files and the number of workers. */
export interface Trail {
  completeness: Completeness;
  /** By path. */
  files: LogFile[];
  /** By first call, ARN and key. */
  sessions: TrailSession[];
  /** Folders and links whose content was not read, by path. */
  notOpened: string[];
  /** By time and id. */
  kept: KeptEvent[];
  /** Event ids under which records of different content stand: all are counted, none is trusted over the other. */
  conflicts: Conflict[];
}

export interface Completeness {
  files: number;
  records: number;
  /** Records whose event id another record has too, less one for each id. See `Trail.conflicts` for those of other content. */
  duplicates: number;
  /** Event ids, and records without one. Records = unique + duplicates + skipped records. */
  unique: number;
  /** Records, and files that could not be read, by reason. */
  skipped: Record<string, number>;
  first?: Instant | undefined;
  last?: Instant | undefined;
}

export interface LogFile {
  /** Relative to the folder that was read, with forward slashes. */
  path: string;
  bytes: number;
  /** Of the file as it lies there, in hexadecimal. */
  sha256: string;
  /** Of its uncompressed content, in hexadecimal; computed only where digest files were found. */
  contentSha256?: string | undefined;
  records: number;
  first?: Instant | undefined;
  last?: Instant | undefined;
  /** Why it, or a part of it, could not be read. */
  fault?: string | undefined;
}

export interface Conflict {
  eventId: string;
  at: Instant;
  files: string[];
}

/** What was done under one access key and session ARN. */
export interface TrailSession {
  arn: string;
  /** Absent where the records have none. */
  accessKeyId?: string | undefined;
  /** As its first record has it. */
  identity: CallerIdentity;
  calls: number;
  errors: number;
  /** Errors by which AWS refused the call for want of permission. */
  denied: number;
  first: Instant;
  last: Instant;
  /** By count, then name. */
  actions: ActionCount[];
  /** Each call, by time and id, for sessions of roles called `countersign-*`; empty for others. */
  each: Call[];
}

export interface ActionCount {
  action: CalledAction;
  count: number;
  /** As numbers: there are ten for each session, and one report that shows them. */
  first: Seconds;
  last: Seconds;
}

/** A kind of call and its outcome: one object for all sessions that made it. */
export interface CalledAction {
  source: string;
  name: string;
  errorCode?: string | undefined;
}

export interface Call {
  id: string;
  at: Instant;
  source: string;
  name: string;
  errorCode?: string | undefined;
  denied: boolean;
  region: string;
  sourceIp?: string | undefined;
  /** What it was done to: an ARN of `resources`, else what the request names. */
  object?: string | undefined;
}
