import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openOnce } from '../../../cli/console/openOnce.ts';

const secret = 'https://signin.example/?SigninToken=secret';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-once-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A browser that goes to an address of the script's. */
async function browse(script: string): Promise<string> {
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\n${script} > ${folder}/said\n`);
  await chmod(browser, 0o700);
  vi.stubEnv('BROWSER', browser);
  return join(folder, 'said');
}

const get = (address: string): string =>
  `curl -s -o /dev/null -w '%{http_code} %{redirect_url} ' "${address}"`;

test('leads on once, and whoever comes later nowhere', async () => {
  const said = await browse(`{ ${get('$1')}; ${get('$1')} || true; }`);
  expect(await openOnce(secret)).toBe(true);
  await vi.waitFor(async () =>
    expect(await readFile(said, 'utf8')).toMatch(
      new RegExp(`^302 ${secret.replace('?', '\\?')} (404|000)  $`),
    ),
  );
});

test('leads nobody who guesses, and says so where nobody came', async () => {
  const said = await browse(get('$1x'));
  expect(await openOnce(secret, 1_500)).toBe(false);
  expect(await readFile(said, 'utf8')).toBe('404  ');
});
