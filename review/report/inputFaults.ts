import { fileReasons } from '../reader/skipReasons.ts';
import type { Review } from '../review.ts';

/** What was given and not read whole: log files, then folders and links, each by path. */
export const inputFaults = ({ files, notOpened }: Review['trail']): { path: string; fault: string }[] => [
  ...files.flatMap(({ path, fault }) => (fault === undefined ? [] : { path, fault })),
  ...notOpened.map((path) => ({ path, fault: fileReasons.notOpened })),
];
