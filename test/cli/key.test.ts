import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCountersign } from './runCountersign.ts';

test('a key is made once, for its owner alone, and only its public half is shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-key-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'key.json');
  const key = () => runCountersign(['key', file]);
  const first = await key();
  const { d, ...publicKey } = JSON.parse(await readFile(file, 'utf8'));
  expect(JSON.parse(first.stdout)).toEqual({ kty: 'EC', crv: 'P-256', x: publicKey.x, y: publicKey.y });
  expect(first.stdout).not.toContain(d);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await key()).stdout).toBe(first.stdout);
});

test('a key that cannot be written is refused with what to do', async () => {
  const { code, stdout, stderr } = await runCountersign(['key', '/nowhere/key.json']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Name a file in a folder that is there');
});
