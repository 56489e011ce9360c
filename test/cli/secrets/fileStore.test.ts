import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileStore } from '../../../cli/secrets/fileStore.ts';
import type { SecretStore } from '../../../cli/secrets/secretStore.ts';

let folder: string;
let store: SecretStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-'));
  store = fileStore(join(folder, 'secrets'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps each secret in a file that only its owner can open', async () => {
  await store.set('key/01K', '{"d":"1"}');
  await store.set('token/ab', '{"token":"2"}');
  const files = readdirSync(join(folder, 'secrets'));
  expect(files.sort()).toEqual(['key.01K.secret', 'token.ab.secret']);
  for (const file of files) expect(statSync(join(folder, 'secrets', file)).mode & 0o777).toBe(0o600);
  expect(await store.get('key/01K')).toBe('{"d":"1"}');
});

it('tells the names of its secrets, and of nothing else that lies there', async () => {
  expect(await store.names()).toEqual([]);
  await store.set('key/01K', '{}');
  writeFileSync(join(folder, 'secrets', 'notes.txt'), '');
  writeFileSync(join(folder, 'secrets', '.key.01K.secret.abc'), '');
  expect(await store.names()).toEqual(['key/01K']);
});

it('forgets a secret', async () => {
  await store.set('key/01K', '{}');
  await store.remove('key/01K');
  await store.remove('key/01K');
  expect(await store.get('key/01K')).toBeUndefined();
  expect(await store.names()).toEqual([]);
});

it('clears away what a command left that was killed while it wrote, and nothing that is being written', async () => {
  const secrets = join(folder, 'secrets');
  await store.set('key/01K', '{}');
  for (const name of ['.key.01K.secret.old', '.key.01K.secret.new'])
    writeFileSync(join(secrets, name), '{"d":');
  utimesSync(join(secrets, '.key.01K.secret.old'), 1, 1);
  await store.clearDrafts();
  expect(readdirSync(secrets).sort()).toEqual(['.key.01K.secret.new', 'key.01K.secret']);
});

it.each([
  'key',
  'key/',
  'key/../../etc/passwd',
  'key/a/b',
  '../key/a',
  'Key/a',
  'key/a.b',
  `key/${'a'.repeat(129)}`,
])('takes no name that could lead elsewhere: %s', async (name) => {
  for (const act of [store.get, store.remove, (bad: string) => store.set(bad, '')])
    await expect((async () => act(name))()).rejects.toThrow(TypeError);
});

it('says in a sentence that its folder cannot be read', async () => {
  writeFileSync(join(folder, 'secrets'), '');
  await expect(store.names()).rejects.toThrow(/cannot be read \(ENOTDIR\)\. Make it yours/);
});
