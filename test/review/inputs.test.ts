import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inputFileOf } from '#review/inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file that was given is on record with its hash', async () => {
  const path = join(folder, 'keys.json');
  writeFileSync(path, 'x'.repeat(100_000));
  const sha256 = createHash('sha256').update('x'.repeat(100_000)).digest('hex');
  expect(await inputFileOf(path)).toEqual({ path, sha256 });
});

test('what is no file can be read but once, as a pipe, and has none', async () => {
  expect(await inputFileOf('/dev/null')).toEqual({ path: '/dev/null' });
});

test('a file that is gone rejects', async () => {
  await expect(inputFileOf(join(folder, 'none'))).rejects.toThrow('ENOENT');
});
