import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attesters,
  chain,
  eventNames,
  givesAccess,
  type HistoryEntry,
  historyEntrySchema,
  isUnbroken,
  type UnchainedEntry,
} from '#domain/history.ts';
import { anId } from '../support/builders.ts';

const id = anId();
const entries: UnchainedEntry[] = [
  {
    event: 'requested',
    at: '2026-11-22T10:00:00Z',
    by: 'alice@example.com',
    detail: { catalogue: 'a'.repeat(43) },
  },
  {
    event: 'approved',
    at: '2026-11-22T10:05:00Z',
    by: 'bob@example.com',
    detail: { comment: 'fine', durationSeconds: 1_800 },
  },
  { event: 'issued', at: '2026-11-22T10:05:01Z', by: 'countersign', detail: { sequence: 1 } },
  { event: 'ended', at: '2026-11-22T10:35:00Z', by: 'countersign' },
  { event: 'closed', at: '2026-11-22T10:35:00Z', by: 'countersign' },
];
const chained = (list: readonly UnchainedEntry[], requestId = id): HistoryEntry[] => {
  const all: HistoryEntry[] = [];
  for (const entry of list) all.push(chain(requestId, all, entry));
  return all;
};
const history = chained(entries);
const withEntry = (index: number, over: object): HistoryEntry[] =>
  history.map((entry, at) => (at === index ? { ...entry, ...over } : entry));

describe('the history of a request', () => {
  it('is a chain from 32 zero bytes on, each entry over the one before', () => {
    expect(history[0]?.previous).toBe(Buffer.alloc(32).toString('base64url'));
    expect(history.slice(1).map(({ previous }) => previous)).toEqual(
      history.slice(0, -1).map(({ hash }) => hash),
    );
    expect(isUnbroken(id, history)).toBe(true);
    for (const entry of history) expect(historyEntrySchema.parse(entry)).toEqual(entry);
  });

  const edits: Record<keyof Omit<HistoryEntry, 'notary'>, unknown> = {
    event: 'denied',
    at: '2026-11-22T10:05:02Z',
    by: 'mallory@example.com',
    detail: { comment: 'other' },
    previous: 'f'.repeat(43),
    hash: 'f'.repeat(43),
  };

  it.each(Object.entries(edits))('is broken by any edit of %s, in any entry', (field, other) => {
    for (const index of history.keys())
      expect(isUnbroken(id, withEntry(index, { [field]: other })), `entry ${index}`).toBe(false);
  });

  it('is edited above in every field there is but the notary’s key id', () => {
    expect(Object.keys(historyEntrySchema.shape).filter((field) => !(field in edits))).toEqual(['notary']);
  });

  it('is broken by a detail added, taken away or turned from number to text', () => {
    expect(isUnbroken(id, withEntry(3, { detail: {} }))).toBe(false);
    expect(isUnbroken(id, withEntry(0, { detail: undefined }))).toBe(false);
    expect(isUnbroken(id, withEntry(1, { detail: { comment: 'fine', durationSeconds: '1800' } }))).toBe(
      false,
    );
  });

  it('is broken by an edit even when the entry is hashed anew: the next one still names the old hash', () => {
    const forged = chain(id, history.slice(0, 1), {
      event: 'approved',
      at: '2026-11-22T10:05:00Z',
      by: 'mallory@example.com',
    });
    expect(isUnbroken(id, withEntry(1, forged))).toBe(false);
  });

  it('is broken by every drop but at the end, where the missing `closed` shows it', () => {
    for (const index of history.keys())
      expect(isUnbroken(id, history.toSpliced(index, 1))).toBe(index === history.length - 1);
  });

  it('is broken by every swap and every repetition', () => {
    for (const [first, entry] of history.entries()) {
      expect(isUnbroken(id, history.toSpliced(first, 0, entry)), `entry ${first} twice`).toBe(false);
      for (const [second, other] of history.entries()) {
        if (first === second) continue;
        expect(isUnbroken(id, history.with(first, other).with(second, entry)), `${first} and ${second}`).toBe(
          false,
        );
      }
    }
  });

  it('of another request is broken, though it says the same', () => {
    expect(isUnbroken(anId(2), history)).toBe(false);
    expect(isUnbroken(anId(2), chained(entries, anId(2)))).toBe(true);
  });

  it('is not broken by the notary’s key id, which is known only afterwards', () => {
    expect(isUnbroken(id, withEntry(1, { notary: 'ASIAEXAMPLE' }))).toBe(true);
  });

  it('of any events is unbroken, and its hashes are all different', () => {
    const entry = fc.record({
      event: fc.constantFrom(...eventNames),
      at: fc.constant('2026-11-22T10:00:00Z'),
      by: fc.string({ unit: 'grapheme' }),
      detail: fc.dictionary(
        fc.string({ minLength: 1 }),
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()),
      ),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (list) => {
        const all = chained(list);
        return isUnbroken(id, all) && new Set(all.map(({ hash }) => hash)).size === all.length;
      }),
    );
  });
});

describe('evidence', () => {
  it('comes before what gives access and after what takes it away', () => {
    expect(eventNames.filter((event) => givesAccess[event])).toEqual([
      'requested',
      'approved',
      'issued',
      'reviewed',
    ]);
  });

  it('of every event can be given by some function', () => {
    const attested = new Set<string>(Object.values(attesters).flat());
    expect(eventNames.filter((event) => !attested.has(event))).toEqual([]);
  });

  it('of what gives access is given by one function alone', () => {
    for (const event of eventNames.filter((event) => givesAccess[event])) {
      const functions = Object.entries(attesters).filter(([, events]) => new Set<string>(events).has(event));
      expect(
        functions.map(([name]) => name),
        event,
      ).toHaveLength(1);
    }
  });

  it('that a table alone cannot give: who approves and who issues are attested by different functions', () => {
    expect(attesters.requests).not.toContain('approved');
    expect(attesters.decisions).not.toContain('issued');
    expect(attesters.issueSession).not.toContain('approved');
    expect(attesters.reconcile.some((event) => givesAccess[event])).toBe(false);
  });
});
