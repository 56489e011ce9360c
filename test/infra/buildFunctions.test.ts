import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions } from '#infra/buildFunctions.ts';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import { aCatalogue } from '../support/builders.ts';
import { someSettings } from '../support/stacks.ts';

const settings = someSettings();
const folders: string[] = [];
let code: Record<FunctionName, string>;

async function build(edited?: { settings?: typeof settings; catalogue?: ReturnType<typeof aCatalogue> }) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-functions-'));
  folders.push(folder);
  return buildFunctions(folder, { settings, catalogue: aCatalogue(), ...edited });
}

/** What the CDK would see of a folder: every file with its bytes. */
async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await readFile(file));
  return hash.digest('hex');
}

async function changedFrom(other: Record<FunctionName, string>): Promise<FunctionName[]> {
  const changed = functionNames.map(async (name) =>
    (await digestOf(code[name])) === (await digestOf(other[name])) ? [] : [name],
  );
  return (await Promise.all(changed)).flat();
}

beforeAll(async () => {
  code = await build();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('What is deployed', () => {
  test('is the same as long as its sources are', async () => {
    expect(await changedFrom(await build())).toEqual([]);
  });

  test('has the catalogue beside every function that reads it, and beside no other', async () => {
    for (const name of functionNames) {
      const reads = (await readFile(join(code[name], 'index.mjs'), 'utf8')).includes('./catalogue.json');
      expect({ name, given: (await readdir(code[name])).includes('catalogue.json') }).toEqual({
        name,
        given: reads,
      });
    }
  });

  test('is deployed again with another catalogue, but for what reads none', async () => {
    const another = aCatalogue((source) => {
      source.groups = { ...source.groups, audit: ['trent@example.com', 'tina@example.com'] };
    });
    const withoutCatalogue = ['authorizer', 'web', 'reconcileTrail'];
    expect(await changedFrom(await build({ catalogue: another }))).toEqual(
      functionNames.filter((name) => !withoutCatalogue.includes(name)),
    );
  });

  test('has the pages, and a description of the API that leads back to it', async () => {
    const webRoot = join(code.web, 'web');
    expect(await readdir(webRoot)).toEqual(
      expect.arrayContaining(['approve.html', 'approve.js', 'openapi.json']),
    );
    const serverOf = async (folder: string): Promise<string> =>
      JSON.parse(await readFile(join(folder, 'web', 'openapi.json'), 'utf8')).servers[0].url;
    const served = 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/access/v1/openapi.json';
    expect(new URL(await serverOf(code.web), served).pathname).toBe('/access/');
    const domain = {
      name: 'access.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:999988887777:certificate/1',
    };
    const withDomain = await build({ settings: { ...settings, api: { ...settings.api, domain } } });
    expect(await serverOf(withDomain.web)).toBe('https://access.example.com');
  });
});
