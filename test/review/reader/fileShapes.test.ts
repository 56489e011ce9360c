import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { calls } from './calls.ts';
import { logFile, readFiles } from './logFolder.ts';

const records = calls(3);
const lines = records.map((record) => JSON.stringify(record));
const list = `{"Records":[${lines.join(',')}]}`;

describe('Every shape that exports have gives the same events', () => {
  it.each<[string, string | Buffer]>([
    ['as CloudTrail writes them', gzipSync(list)],
    ['not compressed', list],
    ['indented', JSON.stringify({ Records: records }, null, 2)],
    ['with a byte order mark and a last line', `\uFEFF${list}\n`],
    ['with more than records', `{"count":3,"Records":[${lines.join(' ,\n')}],"next":[1,{"Records":2}]}`],
    ['a list', `[${lines.join(',')}]`],
    ['one a line', `${lines.join('\n')}\n`],
    ['one after the other', lines.join('')],
    ['several CloudTrail files in one', lines.map((line) => `{"Records":[${line}]}`).join('\n')],
    [
      'as events of EventBridge, one a line',
      records
        .map((detail) => JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail }))
        .join('\n'),
    ],
    ['compressed, one a line', gzipSync(lines.join('\r\n'))],
    ['with the version of the format last', JSON.stringify({ Records: records.map(versionLast) })],
  ])('%s', async (_, content) => {
    const trail = await readFiles({ 'log.json': content });
    const usual = await readFiles({ 'log.json': logFile(records) });
    expect(trail.sessions).toEqual(usual.sessions);
    expect(trail.completeness).toEqual(usual.completeness);
    expect(trail.files[0]?.fault).toBeUndefined();
  });

  it('one record alone', async () => {
    const trail = await readFiles({ 'log.json': lines[0] ?? '' });
    expect(trail.completeness).toMatchObject({ records: 1, unique: 1, skipped: {} });
  });
});

function versionLast({ eventVersion, ...record }: Record<string, unknown>) {
  return { ...record, eventVersion };
}

describe('Of a damaged file all is read that can be, and the rest is counted', () => {
  it.each<[string, string | Buffer, object]>([
    [
      'cut off within a record',
      list.slice(0, -20),
      { records: 3, unique: 2, skipped: { notJson: 1, cutOff: 1 } },
    ],
    [
      'cut off between records',
      `{"Records":[${lines[0]},`,
      { records: 1, unique: 1, skipped: { cutOff: 1 } },
    ],
    [
      'with a flaw in one record',
      list.replace('"eventName"', '"eventName'),
      { unique: 0, skipped: { cutOff: 1 } },
    ],
    [
      'with a flaw in one line',
      [lines[0], lines[1]?.replace('"eventName"', 'eventName'), lines[2]].join('\n'),
      { records: 3, unique: 2, skipped: { notJson: 1 } },
    ],
    [
      'with other things among the records',
      `{"Records":[1,null,"x",[],{},${lines[0]}]}`,
      { records: 6, unique: 1, skipped: { notARecord: 5 } },
    ],
    [
      'with two lists of records',
      `{"Records":[${lines[0]}],"Records":[${lines[1]}]}`,
      { records: 2, unique: 2 },
    ],
    ['which is no JSON', 'Access denied\n', { records: 1, unique: 0, skipped: { notJson: 1 } }],
    ['which is empty', '', { records: 0, unique: 0, skipped: { empty: 1 } }],
    ['which is some other JSON', '{"Items":[]}', { records: 1, skipped: { notARecord: 1 } }],
    ['with no records', '{"Records":[]}', { records: 0, unique: 0, skipped: {} }],
    [
      'which is not UTF-8',
      Buffer.from(list.replaceAll('orders', 'ord\xe9rs'), 'latin1'),
      { records: 3, unique: 3, skipped: { notUtf8: 1 } },
    ],
    [
      'with a level of brackets for each of a million',
      '['.repeat(1e6),
      { unique: 0, skipped: { cutOff: 1, notJson: 1 } },
    ],
    [
      'with a record as deep as that',
      `{"Records":[{"eventName":${'['.repeat(1e5)}${']'.repeat(1e5)}},${lines[0]}]}`,
      { records: 2, unique: 1, skipped: { notARecord: 1 } },
    ],
  ])('%s', async (_, content, completeness) => {
    expect((await readFiles({ 'log.json': content })).completeness).toMatchObject(completeness);
    const compressed = typeof content === 'string' && content !== '' ? gzipSync(content) : undefined;
    if (compressed)
      expect((await readFiles({ 'log.json.gz': compressed })).completeness).toMatchObject(completeness);
  });

  it('and a fault says so of the file alone that has it', async () => {
    const trail = await readFiles({ 'a.json': list, 'b.json': list.slice(0, -20) });
    expect(trail.files.map(({ fault }) => fault)).toEqual([
      undefined,
      'its JSON ends too early; what came before was read',
    ]);
  });
});

describe('Compressed files', () => {
  const many = calls(4000);
  const whole = logFile(many);

  it('a second member, which node:zlib would join, is refused', async () => {
    const hidden = gzipSync(JSON.stringify({ Records: calls(1, undefined, { eventName: 'DeleteTable' }) }));
    const trail = await readFiles({ 'log.json.gz': Buffer.concat([whole, hidden]) }, { hashContents: true });
    expect(trail.completeness).toMatchObject({ records: 4000, skipped: { secondGzipMember: 1 } });
    expect(trail.files[0]?.fault).toContain('AWS never writes');
    const content = JSON.stringify({ Records: many });
    expect(trail.files[0]?.contentSha256).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it.each([
    ['zeros behind it', Buffer.concat([whole, Buffer.alloc(512)])],
    ['a member of nothing before it', Buffer.concat([gzipSync(''), whole])],
  ])('%s are told', async (_, content) => {
    const { completeness } = await readFiles({ 'log.json.gz': content });
    expect(completeness.skipped).toMatchObject({ secondGzipMember: 1 });
  });

  it('one that is cut off gives what it has', async () => {
    const { completeness } = await readFiles({ 'log.json.gz': whole.subarray(0, whole.length / 2) });
    expect(completeness.unique).toBeGreaterThan(1000);
    expect(completeness.unique).toBeLessThan(4000);
    expect(completeness.skipped).toMatchObject({ damagedGzip: 1, cutOff: 1 });
  });

  it('one with a damage in the middle gives what comes before', async () => {
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, Math.floor(damaged.length * 0.8), Math.floor(damaged.length * 0.8) + 64);
    const { completeness, files } = await readFiles({ 'log.json.gz': damaged }, { hashContents: true });
    expect(completeness.unique).toBeGreaterThan(1000);
    expect(completeness.skipped).toMatchObject({ damagedGzip: 1 });
    expect(files[0]?.contentSha256).toBeUndefined();
  });

  it('one whose checksum is wrong is read, and told', async () => {
    const damaged = Buffer.from(whole);
    damaged.writeUInt32LE(1, damaged.length - 8);
    const { completeness } = await readFiles({ 'log.json.gz': damaged });
    expect(completeness).toMatchObject({ unique: 4000, skipped: { damagedGzip: 1 } });
  });

  it('one of the first bytes alone is damaged', async () => {
    const { completeness } = await readFiles({ 'log.json.gz': whole.subarray(0, 7) });
    expect(completeness).toMatchObject({ records: 0, skipped: { damagedGzip: 1 } });
  });

  it('one that grows without measure is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(1_100_000_000, ' '), { level: 1 });
    const { completeness } = await readFiles({ 'log.json.gz': bomb });
    expect(completeness.skipped).toMatchObject({ gzipBomb: 1 });
  });
});
