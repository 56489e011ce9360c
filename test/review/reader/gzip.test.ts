import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstMember, firstMemberMeanwhile } from '#review/reader/gzip.ts';

const longest = 100_000;
const member = fc.string({ maxLength: 300 }).map((text) => gzipSync(text));
const behind = fc.oneof(
  member,
  fc.constant(gzipSync('')),
  fc.constant(Buffer.alloc(9)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom([0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 8]).map((bytes) => Buffer.from(bytes)),
);

describe('The first member of a gzip file', () => {
  it('is all that is read of it, on this thread and on another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(behind, { maxLength: 3 }), async (text, others) => {
        const first = gzipSync(text);
        const file = Buffer.concat([first, ...others]);
        const expected = { content: Buffer.from(text), bytes: first.length };
        expect(firstMember(file, longest)).toEqual(expected);
        expect(await firstMemberMeanwhile(file, longest)).toEqual(expected);
      }),
    );
  });

  it('is the same on another thread where a byte was changed or the end was cut off', async () => {
    const change = { at: fc.nat(200), to: fc.nat(255), length: fc.nat(200) };
    await fc.assert(
      fc.asyncProperty(member, behind, fc.record(change), async (first, other, { at, to, length }) => {
        const file = Buffer.concat([first, other]);
        file[at % file.length] = to;
        const cut = file.subarray(0, file.length - (length % file.length));
        expect(await firstMemberMeanwhile(cut, longest)).toEqual(firstMember(cut, longest));
      }),
      { numRuns: 500 },
    );
  });

  it('is not uncompressed beyond the bound', async () => {
    const file = gzipSync(Buffer.alloc(2 * longest));
    expect(firstMember(file, longest)).toBeUndefined();
    expect(await firstMemberMeanwhile(file, longest)).toBeUndefined();
  });
});
