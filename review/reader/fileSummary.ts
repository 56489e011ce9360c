import type { Seconds } from './eventTime.ts';
import type { FileReason, RecordReason } from './skipReasons.ts';

/** What is known of one file once it is read. */
export interface FileSummary {
  /** Its place in the list of all files. */
  index: number;
  path: string;
  bytes: number;
  sha256: string;
  contentSha256?: string | undefined;
  records: number;
  first?: Seconds | undefined;
  last?: Seconds | undefined;
  skipped: Partial<Record<RecordReason | FileReason, number>>;
}

export const emptySummary = (index: number, path: string): FileSummary => ({
  index,
  path,
  bytes: 0,
  sha256: '',
  records: 0,
  first: undefined,
  last: undefined,
  skipped: {},
});

export const skip = (file: FileSummary, reason: RecordReason | FileReason): void => {
  file.skipped[reason] = (file.skipped[reason] ?? 0) + 1;
};
