import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordSplitter } from '#review/reader/recordSplitter.ts';

interface Split {
  records: string[];
  tooLong: number;
  cutOff: boolean;
}

function split(chunks: Buffer[], { longest = 1_000_000, place = 'file' as 'file' | 'records' } = {}): Split {
  const found: Split = { records: [], tooLong: 0, cutOff: false };
  const splitter = new RecordSplitter({
    longest,
    place,
    onRecord: (record) => found.records.push(record.toString()),
    onTooLong: () => found.tooLong++,
    onCutOff: () => {
      found.cutOff = true;
    },
  });
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return found;
}

const splitText = (text: string, options = {}): Split => split([Buffer.from(text)], options);

/** The same bytes in chunks that end anywhere. */
const anyChunks = (text: string): fc.Arbitrary<Buffer[]> => {
  const bytes = Buffer.from(text);
  return fc.uniqueArray(fc.nat(bytes.length), { maxLength: 12 }).map((cuts) => {
    const ends = [...cuts.sort((a, b) => a - b), bytes.length];
    return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  });
};

const hostile = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"Records":[',
  '\u2028',
  'é',
  '\n',
  '',
  '\\\\',
);

/**
 * Not `\\` for a key: where it has seen one, JSON.parse of Node.js 24 takes the key `\"` for it too. And no list of records within a record.
 */
const anyName = fc
  .oneof(hostile, fc.string({ maxLength: 3 }))
  .filter((key) => !key.endsWith('\\') && key !== 'Records');
const anyInner = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostile,
    fc.constantFrom(null, true, 1.5e300, -1),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const anyObject = fc.dictionary(anyName, anyInner, { maxKeys: 4 });

const anyFile: fc.Arbitrary<{ records: unknown[]; text: string }> = fc
  .tuple(fc.array(anyObject, { maxLength: 5 }), fc.constantFrom(0, 1, 2, 3, 4), fc.constantFrom(0, 1))
  .map(([records, shape, indent]) => {
    const json = (value: unknown) => JSON.stringify(value, null, indent);
    const text = [
      () => json({ Records: records }),
      () => json(records),
      () => records.map((record) => JSON.stringify(record)).join('\n'),
      () => json({ before: [1, { Records: 1 }], Records: records, after: { x: ['Records', {}] } }),
      () => records.map((record) => json({ Records: [record] })).join(' '),
    ][shape];
    return { records, text: text?.() ?? '' };
  });

it('gives every record of every shape, whole, wherever the chunks end', () => {
  fc.assert(
    fc.property(
      anyFile.chain((file) => fc.tuple(fc.constant(file), anyChunks(file.text))),
      ([{ records, text }, chunks]) => {
        const found = split(chunks);
        expect(found.records.map((record) => JSON.parse(record))).toEqual(
          JSON.parse(JSON.stringify(records)),
        );
        expect(found).toEqual({ ...splitText(text), tooLong: 0, cutOff: false });
      },
    ),
    { numRuns: 2000 },
  );
});

it('gives the same of any bytes, wherever the chunks end', () => {
  const anyBytes = fc.array(hostile, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      anyBytes.chain((text) => fc.tuple(fc.constant(text), anyChunks(text))),
      ([text, chunks]) => {
        expect(split(chunks)).toEqual(splitText(text));
      },
    ),
    { numRuns: 2000 },
  );
});

it('tells where a text is cut off, and gives what was begun', () => {
  expect(splitText('{"Records":[{"a":1},{"b":')).toEqual({
    records: ['{"a":1}', '{"b":'],
    tooLong: 0,
    cutOff: true,
  });
  expect(splitText('[{"a":1},')).toMatchObject({ records: ['{"a":1}'], cutOff: true });
  expect(splitText('{"Records":[{"a":1}]')).toMatchObject({ records: ['{"a":1}'], cutOff: true });
  expect(splitText('{"a":"')).toMatchObject({ records: ['{"a":"'], cutOff: true });
  expect(splitText('{"a":1}\n')).toMatchObject({ records: ['{"a":1}'], cutOff: false });
  expect(splitText('')).toEqual({ records: [], tooLong: 0, cutOff: false });
});

it('begins in the middle of a list where it is told to', () => {
  expect(splitText('{"a":1},{"b":2}],"Records":[{"c":3}]}', { place: 'records' })).toEqual({
    records: ['{"a":1}', '{"b":2}', '{"c":3}'],
    tooLong: 0,
    cutOff: false,
  });
});

it('counts records that are too long, and holds no more than one record', () => {
  const long = JSON.stringify({ text: 'x'.repeat(1000) });
  const text = `{"Records":[{"a":1},${long},{"b":2}]}`;
  const chunks = Array.from(text, (letter) => Buffer.from(letter));
  expect(split(chunks, { longest: 100 })).toEqual({
    records: ['{"a":1}', '{"b":2}'],
    tooLong: 1,
    cutOff: false,
  });
});

it('takes a line that is not JSON for one thing', () => {
  expect(splitText('An error occurred (AccessDenied)\n{"a":1}\nnull').records).toEqual([
    'An error occurred (AccessDenied)',
    '{"a":1}',
    'null',
  ]);
});
