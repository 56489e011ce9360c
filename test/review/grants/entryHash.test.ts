import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { eventNames, hashOf } from '#domain/history.ts';
import { addSeconds } from '#domain/instant.ts';
import { hashesOf } from '#review/grants/entryHash.ts';
import { madeAt } from '../../support/builders.ts';

const text = fc.string({ unit: 'binary' });
const entries = fc.record({
  event: fc.constantFrom(...eventNames),
  by: text,
  detail: fc.option(fc.dictionary(text, fc.oneof(text, fc.integer())), { nil: undefined }),
  previous: text,
});

test.prop([text, entries, fc.nat(100_000_000)])(
  'The hash of an entry is the same whether its time is put in first or last',
  (requestId, { detail, ...entry }, seconds) => {
    const undated = { ...entry, ...(detail && { detail }) };
    const at = addSeconds(madeAt, seconds);
    expect(hashesOf(requestId, undated)(at)).toBe(hashOf(requestId, { ...undated, at }));
  },
);
