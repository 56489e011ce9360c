import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventNames } from '#domain/history.ts';
import { type CloudTrailRecord, tagsIn, withTags } from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { evidenceIn, grantIn, unreadableIn } from './grantsIn.ts';
import { type StoryName, stories } from './stories.ts';

/** Other values of the same kind: none that is merely unreadable. */
const values: Record<string, readonly string[]> = {
  'cs:event': eventNames,
  'cs:entitlement': ['orders-admin', 'orders-read-all'],
  'cs:digest': ['d'.repeat(43)],
  'cs:hash': ['h'.repeat(43)],
  'cs:previous': ['p'.repeat(43), 'A'.repeat(43)],
  'cs:catalogue': ['c'.repeat(43)],
  'cs:ticket': ['INC-2', 'INC-1001 '],
  'cs:start': ['2026-11-22T09:00:00Z', '2026-11-22T10:06:00Z'],
  'cs:end': ['2026-11-22T23:00:00Z', '2026-11-22T10:59:59Z'],
};

/** Stories whose entries have no words: of one that has, only the table could tell that they were changed. */
const told: StoryName[] = ['used', 'returned', 'cancelled', 'expired', 'approvedByTwo'];

const untouched = new Map<StoryName, CloudTrailRecord[]>(
  told.map((name) => [name, recordsOfRequest(stories[name]())]),
);

interface Mutation {
  name: StoryName;
  /** Of the record. */
  index: number;
  key: string;
  value: string;
}

const mutations = [...untouched].flatMap(([name, records]) =>
  records.flatMap((record, index) => {
    const tags = tagsIn(record);
    // A session's own tags are looked at by the findings.
    if (!tags['cs:event']) return [];
    return Object.entries(tags).flatMap(([key, was]) =>
      (values[key] ?? [])
        .filter((value) => value !== was)
        .map((value): Mutation => ({ name, index, key, value })),
    );
  }),
);

const mutated = (records: CloudTrailRecord[], { index, key, value }: Mutation): CloudTrailRecord[] =>
  records.map((record, place) => (place === index ? withTags(record, { [key]: value }) : record));

/** Whether somebody who reads the grants, and the evidence that counts for nothing, would notice. */
function isNoticed(records: CloudTrailRecord[]): boolean {
  const { chain } = grantIn(records);
  return (
    chain.faults.length > 0 ||
    chain.links.some(({ content }) => content === 'differs') ||
    evidenceIn(records).some(({ attester }) => attester === undefined) ||
    unreadableIn(records).length > 0
  );
}

describe('A tag of any evidence that is changed', () => {
  it('is noticed: a fault, a hash that differs, or evidence that counts for nothing', () => {
    expect(mutations.length).toBeGreaterThan(200);
    const missed = mutations.filter(
      (mutation) => !isNoticed(mutated(untouched.get(mutation.name) ?? [], mutation)),
    );
    expect(missed).toEqual([]);
  });

  it('is noticed beside another, as long as not all evidence is changed alike', () => {
    const two = fc.tuple(fc.constantFrom(...mutations), fc.nat());
    fc.assert(
      fc.property(two, ([first, pick]) => {
        const others = mutations.filter(({ name }) => name === first.name);
        const second = others[pick % others.length] ?? first;
        expect(isNoticed(mutated(mutated(untouched.get(first.name) ?? [], first), second))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is what it takes: in a story as the service tells it there is nothing to notice', () => {
    const names = Object.keys(stories) as StoryName[];
    expect(names.filter((name) => isNoticed(recordsOfRequest(stories[name]())))).toEqual([]);
  });
});
