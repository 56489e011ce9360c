import type { CloudTrailRecord } from '../../../review/records.ts';
import type { IssuedSession, Story } from '../countersign/story.ts';

/** Changes what a call asked for; both copies of a call across accounts share it. */
export function setParameter(record: CloudTrailRecord, name: string, value: unknown): void {
  if (!record.requestParameters) throw new TypeError('This record has no parameters.');
  record.requestParameters[name] = value;
}

interface Tag {
  key: string;
  value: string;
}

const tagListOf = ({ requestParameters }: CloudTrailRecord): Tag[] =>
  (requestParameters?.tags ?? []) as Tag[];

/** The session tags of an AssumeRole. */
export const tagsOf = (record: CloudTrailRecord): Record<string, string> =>
  Object.fromEntries(tagListOf(record).map(({ key, value }) => [key, value]));

/** Changes or adds a session tag. */
export const setTag = (record: CloudTrailRecord, key: string, value: string): void =>
  setParameter(record, 'tags', [...tagListOf(record).filter((tag) => tag.key !== key), { key, value }]);

export const recordOf = ({ records }: IssuedSession): CloudTrailRecord => {
  const [record] = records;
  if (!record) throw new RangeError('This session has no record.');
  return record;
};

interface Policy {
  // oxlint-disable-next-line typescript/no-explicit-any -- statements have as many shapes as edits make of them.
  Statement: any[];
}

/** The session policy of an AssumeRole, changed. */
export function editPolicy(record: CloudTrailRecord, edit: (policy: Policy) => void): void {
  const policy = JSON.parse(String(record.requestParameters?.policy));
  edit(policy);
  setParameter(record, 'policy', JSON.stringify(policy));
}

/** The evidence of an event; the first where there are several. Throws when there is none. */
export function evidenceOf({ evidence }: Story, event: string): CloudTrailRecord {
  const found = evidence.find(({ entry }) => entry.event === event);
  if (!found) throw new RangeError(`There is no evidence of ${event}.`);
  return found.record;
}
