import type { Instant } from '#domain/instant.ts';

/** What CloudTrail's digest files prove of the log files. */
export interface Integrity {
  /**
   * `verified`: every log file stands in a digest whose signature holds, every log file that a digest names is there, and
   * every account and region with digests has them for the whole period. `failed`: something was changed or is missing.
   * `partly`: nothing is known to be wrong, and a part is proven. `unproven`: nothing is known to be wrong, and nothing is proven
   * either, as without public keys: whoever can write to the bucket can make such digests. `none`: no digest files were given.
   */
  verdict: 'verified' | 'partly' | 'unproven' | 'failed' | 'none';
  /** By account, region and trail. */
  chains: DigestChain[];
  logs: LogCounts;
  /** By file, then kind. */
  faults: IntegrityFault[];
  /** Log files that no digest names, relative to the folder that was read. */
  uncovered: string[];
  /** The same, but delivered after the newest digest of their account and region: the next one will name them. */
  pending: string[];
  /** Log files whose content a digest proves under another name. */
  moved: { file: string; key: string }[];
}

/** All but `missing` add up to the log files in the folder that a digest names or a record was read from. */
export interface LogCounts {
  /** Named by a digest whose signature holds, content as it says. */
  verified: number;
  /** Content other than a digest says, or more in the file than the digest covers. */
  altered: number;
  /** Named by a digest and not in the folder. */
  missing: number;
  uncovered: number;
  pending: number;
  /** Named only by digests that could not be proven themselves. */
  unproven: number;
}

/** Digests of one account, region and trail. */
export interface DigestChain {
  account: string;
  region: string;
  trail: string;
  /** Where the trail delivers to; by it a stranger's trail is told from one's own: CloudTrail signs both with one key. */
  bucket: string;
  /** Digests that CloudTrail adds later, for log files that it delivered late: they come when needed, not each hour. */
  backfill: boolean;
  digests: number;
  /** Of the first digest's start and the last one's end. */
  from: Instant;
  to: Instant;
  /**
   * `failed` or `partly` by its worst fault; `partly` also where a gap or an end of the period is not covered; `unproven` where nothing
   * failed and no signature of it is known to hold.
   */
  verdict: 'verified' | 'partly' | 'unproven' | 'failed';
  /** Spans between `from` and `to` without a digest. */
  gaps: { from: Instant; to: Instant }[];
  /** Hours of the period, and those of them that digests cover whose signature holds. Absent for backfill. */
  hours?: { expected: number; covered: number } | undefined;
}

export interface IntegrityFault {
  kind:
    | 'logAltered'
    | 'logMissing'
    | 'logHasHiddenMember'
    | 'digestAltered'
    | 'digestMissing'
    | 'digestMoved'
    | 'digestForked'
    | 'digestUnreadable'
    | 'signatureMissing'
    | 'signatureWrong'
    | 'keyUnknown'
    | 'keyDiffers';
  /** Path of the file, or the key that a digest names. */
  file: string;
  at?: Instant | undefined;
  /** What is wrong and what to do next, as a sentence. */
  message: string;
  /** What it makes of the verdict: `failed`, something was changed or is gone; `partly`, something cannot be shown. */
  verdict?: 'failed' | 'partly' | undefined;
}
