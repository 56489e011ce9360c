/** Why a record was skipped: what `Completeness.skipped` counts. */
export const recordReasons = {
  notJson: 'not JSON, or cut off',
  notARecord: 'JSON, but no CloudTrail record: it is no object or has no eventName',
  insight: 'a CloudTrail Insight: a statistic, not a call',
  noTime: 'neither eventTime nor @timestamp is a time',
  tooLong: 'longer than any record of AWS',
  replaced: 'a later record with an addendum of reason UPDATED_DATA stands in its place',
} as const;

/** Why a file, or a part of it, was skipped: counted in the same place, once for each file. */
export const fileReasons = {
  unreadable: 'it could not be opened or read',
  empty: 'it has no content',
  damagedGzip: 'its compressed content is damaged or cut off; what came before was read',
  secondGzipMember: 'something follows its compressed content, which AWS never writes; that was not read',
  gzipBomb: 'its content grows without measure; the rest was not read',
  cutOff: 'its JSON ends too early; what came before was read',
  notUtf8: 'it is not UTF-8; what is not was read with replacement characters',
  notOpened:
    'it is a folder that could not be opened, or a link that was not followed; what lies behind it was not read',
  otherFile: 'it is no log: another kind of file, a link to one, or a device',
} as const;

export type RecordReason = keyof typeof recordReasons;
export type FileReason = keyof typeof fileReasons;
