import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readConfig, saveConfig } from '../../../cli/awsConfig/saveConfig.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-aws-'));
  file = join(folder, '.aws/config');
  onTestFinished(() => rm(folder, { recursive: true }));
});

test('the file is made where there is none, for its owner alone', async () => {
  await saveConfig(file, '', '[default]\n');
  expect(await readFile(file, 'utf8')).toBe('[default]\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, '.aws'))).mode & 0o777).toBe(0o700);
});

test('bytes that are no text of any kind stay', async () => {
  const bytes = Buffer.from([...Array(256).keys()]);
  file = join(folder, 'config');
  await writeFile(file, bytes);
  await saveConfig(file, await readConfig(file), `${await readConfig(file)}\n`);
  expect(await readFile(file)).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
});

test('a link stays a link, and the file behind it keeps its mode', async () => {
  const target = join(folder, 'dotfiles');
  await writeFile(target, 'a\n');
  await chmod(target, 0o640);
  file = join(folder, 'config');
  await symlink(target, file);
  await saveConfig(file, 'a\n', 'b\n');
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('b\n');
  expect((await stat(target)).mode & 0o777).toBe(0o640);
});

test('what somebody else changed meanwhile is not lost', async () => {
  file = join(folder, 'config');
  await writeFile(file, 'theirs\n');
  await expect(saveConfig(file, 'read\n', 'ours\n')).rejects.toThrow('has changed meanwhile');
  expect(await readFile(file, 'utf8')).toBe('theirs\n');
  expect(await readdir(folder)).toEqual(['config']);
});

test('a folder in its place is refused with a sentence', async () => {
  await expect(readConfig(folder)).rejects.toThrow('cannot be read (EISDIR)');
});
