import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processCommand } from '../../../cli/awsConfig/processCommand.ts';

let folder: string;
const before = process.argv[1] ?? '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-process-')));
});
afterEach(async () => {
  process.argv[1] = before;
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A script that runs now, and a link to it in a folder of the PATH. */
async function running(script: string, linkedIn: string): Promise<string> {
  const file = join(folder, script);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  await mkdir(join(folder, linkedIn), { recursive: true });
  await symlink(file, join(folder, linkedIn, 'countersign'));
  vi.stubEnv('PATH', `/usr/bin:${join(folder, linkedIn)}`);
  process.argv[1] = join(folder, linkedIn, 'countersign');
  return file;
}

test('what is installed is named by its place on the PATH, which stays through upgrades', async () => {
  await running('lib/node_modules/countersign/lib/bin.js', 'bin');
  expect(await processCommand(['credentials', 'a'])).toBe(`${folder}/bin/countersign credentials a`);
});

test.each([
  ['a checkout', 'cli/countersign.ts', 'bin'],
  ['what npx has in its cache', '_npx/1f/node_modules/countersign/lib/bin.js', '_npx/1f/node_modules/.bin'],
])('%s is named by its Node and its own file', async (_, script, bin) => {
  const file = await running(script, bin);
  expect(await processCommand(['credentials', 'a'])).toBe(`${process.execPath} ${file} credentials a`);
});

test.each(['a "b', 'a $b', 'a #b', 'a ;b'])(
  'a folder that some tools would misread is refused: %s',
  async (name) => {
    await running(`${name}/cli/countersign.ts`, 'bin');
    await expect(processCommand(['credentials', 'a'])).rejects.toThrow('install it in another folder');
  },
);

test('a blank is none of them', async () => {
  const file = await running('a b#c/cli/countersign.ts', 'bin');
  expect(await processCommand([])).toBe(`${process.execPath} "${file}"`);
});
