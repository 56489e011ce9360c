import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { zipOf } from '../../verify/zip.ts';

test('an archive leads from its end to the file', () => {
  const text = 'export const handler = () => "ü";\n';
  const archive = zipOf('index.mjs', text);

  const end = archive.subarray(-22);
  expect(end.readUInt32LE(0)).toBe(0x06054b50);
  expect([end.readUInt16LE(8), end.readUInt16LE(10), end.readUInt16LE(20)]).toEqual([1, 1, 0]);
  const directory = archive.subarray(end.readUInt32LE(16), end.readUInt32LE(16) + end.readUInt32LE(12));
  expect(directory.length).toBe(end.readUInt32LE(12));

  expect(directory.readUInt32LE(0)).toBe(0x02014b50);
  expect(directory.readUInt16LE(10)).toBe(0);
  expect(directory.readUInt32LE(16)).toBe(crc32(Buffer.from(text)));
  expect(directory.readUInt32LE(38) >>> 16).toBe(0o100644);
  expect(directory.subarray(46).toString()).toBe('index.mjs');

  const file = archive.subarray(directory.readUInt32LE(42));
  expect(file.readUInt32LE(0)).toBe(0x04034b50);
  const start = 30 + file.readUInt16LE(26) + file.readUInt16LE(28);
  expect(file.subarray(30, start).toString()).toBe('index.mjs');
  expect(file.subarray(start, start + directory.readUInt32LE(20)).toString()).toBe(text);
  expect(directory.readUInt32LE(24)).toBe(Buffer.byteLength(text));
});
