import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { marshall } from '@aws-sdk/util-dynamodb';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { toItem } from '#lambdas/adapters/requestItem.ts';
import { readTableExport } from '#review/findings/tableExport.ts';
import { jsonValuesIn } from '#review/jsonValues.ts';
import { UnusableInput } from '#review/unusableInput.ts';
import { stories } from '../grants/stories.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-table-'));
});
afterAll(() => rm(folder, { recursive: true }));

const itemOf = (request: AccessRequest) => {
  const upkeep = {
    requestSeal: 'seal of the request',
    invitations: {},
    announced: 3,
    noticed: 2,
    attempt: 1,
  };
  return marshall(toItem({ request, upkeep, version: 5 }, undefined), { removeUndefinedValues: true });
};
const request = stories.used();
const item = itemOf(request);

async function readingOf(content: string | Buffer) {
  const file = join(folder, 'export');
  await writeFile(file, content);
  return readTableExport(file);
}
const whole = [{ id: request.terms.id, request }];
const page = (...Items: unknown[]) => JSON.stringify({ Items, Count: Items.length }, null, 2);

describe('An export of the request table', () => {
  test.each<[string, string | Buffer]>([
    ['what a scan prints', page(item)],
    ['several pages of a scan, one after the other', `${page(item)}\n${page()}${page()}`],
    ['an export to S3, a line for each item', `${JSON.stringify({ Item: item })}\n`],
    ['the same compressed', gzipSync(JSON.stringify({ Item: item }))],
    [
      'compressed files put together',
      Buffer.concat([gzipSync(`${JSON.stringify({ Item: item })}\n`), gzipSync('\n')]),
    ],
    ['with a byte order mark', `\uFEFF${page(item)}`],
  ])('is %s', async (_, content) => {
    expect(await readingOf(content)).toEqual(whole);
  });

  it('of a new installation holds nothing', async () => {
    expect(await readingOf(page())).toEqual([]);
    expect(await readingOf('{"Items":[]}')).toEqual([]);
  });

  test.each([
    ['--no-paginate', { LastEvaluatedKey: { pk: { S: 'REQUEST#1' }, sk: { S: 'REQUEST' } } }],
    ['--max-items', { NextToken: 'eyJFeGNsdXNpdmVTdGFydEtleSI6IG51bGx9' }],
  ])(
    'that ends before the table does, as with %s, is none, and how to fetch all of it is said',
    async (_, mark) => {
      const first = JSON.stringify({ Items: [item], Count: 1, ...mark });
      const empty = JSON.stringify({ Items: [], Count: 0, ...mark });
      for (const content of [first, empty, page(item) + first])
        await expect(readingOf(content)).rejects.toThrow(
          /only a part of .* without --max-items .*aws dynamodb scan/,
        );
      expect(await readingOf(first + page())).toEqual(whole);
    },
  );

  it('has items of other kinds beside requests', async () => {
    const others = [
      { pk: { S: 'APPROVER#bob@example.com' }, sk: { S: 'x' } },
      { pk: { S: 'DENYLIST#arn' }, sk: { S: 'DENYLIST' } },
    ];
    expect(await readingOf(page(...others, item))).toEqual(whole);
    expect(await readingOf(page(...others))).toEqual([]);
  });

  it('is read in the order of ids', async () => {
    const later = {
      ...item,
      id: { S: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ' },
      pk: { S: 'REQUEST#7ZZZZZZZZZZZZZZZZZZZZZZZZZ' },
    };
    const ids = (await readingOf(page(later, item))).map(({ id }) => id);
    expect(ids).toEqual([request.terms.id, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ']);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['has no history', { ...item, history: undefined }, 'it is wrong at history'],
    ['has no status of ours', { ...item, status: { S: 'granted' } }, 'it is wrong at status'],
    [
      'is at another place',
      { ...item, pk: { S: 'REQUEST#01KANB1X009999999999999999' } },
      'it is not at the place that its id names',
    ],
    [
      'is hidden under another key',
      { ...item, sk: { S: 'request' } },
      'it is not at the place that its id names',
    ],
    ['is no item at all', { ...item, terms: { X: 'odd' } }, 'it is no item of DynamoDB'],
    ['has terms of another shape', { ...item, terms: { S: 'text' } }, 'it is not what a request is'],
  ])('reports a request that %s', async (_, damaged, fault) => {
    expect(await readingOf(page(damaged))).toEqual([{ id: request.terms.id, fault }]);
  });

  it('survives keys of any shape', async () => {
    expect(await readingOf(page({ pk: { S: 7 }, sk: { S: ['REQUEST'] } }, { sk: { N: '7' } }, item))).toEqual(
      whole,
    );
    expect(await readingOf(page({ ...item, pk: { S: 7 }, id: { S: {} } }))).toMatchObject([
      { id: 'unknown' },
    ]);
  });

  it('never says what stands in a damaged item', async () => {
    const secret = 'eyJhbGciOiJFQ0RILUVTIn0..canary';
    const damaged = { ...item, session: { M: { jwe: { S: secret }, [secret]: { S: secret } } } };
    expect(JSON.stringify(await readingOf(page(damaged)))).not.toContain('canary');
  });

  it('keeps the digest of the terms that are there, whatever the item says', async () => {
    const [record] = await readingOf(page({ ...item, digest: { S: 'A'.repeat(43) } }));
    expect(record).toEqual({ id: request.terms.id, request });
  });

  test.each([
    ['nothing', ''],
    ['a text', 'id,status\n1,ended\n'],
    ['JSON of something else', '{"Records":[]}'],
    ['a page that is cut off', page(item).slice(0, -20)],
  ])('is not %s', async (_, content) => {
    await expect(readingOf(content)).rejects.toThrow(UnusableInput);
  });

  it('is no folder, and how to make one file of an export to S3 is said', async () => {
    const reading = readTableExport(folder);
    await expect(reading).rejects.toThrow(UnusableInput);
    await expect(reading).rejects.toThrow(/is a folder.* cat .*data\/\*\.json\.gz > table\.json\.gz/);
  });

  it('that is not there says so', async () => {
    await expect(readTableExport(join(folder, 'missing.json'))).rejects.toThrow(/ENOENT/);
  });
});

describe('JSON values one after another', () => {
  property.prop([
    fc.array(fc.oneof(fc.object(), fc.array(fc.jsonValue()))),
    fc.constantFrom('', ' ', '\n', '\r\n\t'),
  ])('are read apart, whatever stands between and in them', (values, between) => {
    const text = values.map((value) => JSON.stringify(value)).join(between);
    const expected: unknown = JSON.parse(JSON.stringify(values));
    expect(jsonValuesIn(text, () => new Error('no JSON'))).toEqual(expected);
  });

  property.prop([fc.string()])('end, whatever the text is', (text) => {
    try {
      jsonValuesIn(text, () => new RangeError('no JSON'));
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  });
});
