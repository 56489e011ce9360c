import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  forgetRequest,
  rememberedRequest,
  rememberedRequests,
  rememberRequest,
  unreadableRequests,
} from '../../../cli/requests/rememberedRequests.ts';
import { keepKey, requestKey } from '../../../cli/requests/requestKey.ts';
import { ownFolders } from '../ownFolders.ts';
import { aRememberedRequest, ids } from './aRememberedRequest.ts';

const folder = ownFolders();

describe('what this machine remembers of its requests', () => {
  test('is there again, newest first', async () => {
    const [first, second] = [aRememberedRequest(), aRememberedRequest({ id: ids[1] })];
    await rememberRequest(first);
    await rememberRequest(second);
    expect(await rememberedRequest(first.id)).toEqual(first);
    expect(await rememberedRequests()).toEqual([second, first]);
  });

  test('is nothing before the first request', async () => {
    expect(await rememberedRequests()).toEqual([]);
    expect(await rememberedRequest(ids[0])).toBeUndefined();
  });

  test('can be read by nobody else', async () => {
    await rememberRequest(aRememberedRequest());
    const file = join(folder(), 'requests', `${ids[0]}.json`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder(), 'requests'))).mode & 0o777).toBe(0o700);
  });

  test('never comes from a file outside its folder', async () => {
    await mkdir(folder(), { mode: 0o700, recursive: true });
    await writeFile(join(folder(), 'x.json'), JSON.stringify(aRememberedRequest({ id: '../x' })), {
      mode: 0o600,
    });
    expect(await rememberedRequest('../x')).toBeUndefined();
  });

  test.each([
    ['is cut off', '{"id":"01KAQ3'],
    ['is no object', '[]'],
    ['is empty', ''],
    ['lacks a field', JSON.stringify({ ...aRememberedRequest(), url: undefined })],
    ['has a field of another kind', JSON.stringify({ ...aRememberedRequest(), endsAt: 5 })],
    ['has an account of another kind', JSON.stringify({ ...aRememberedRequest(), account: 'production' })],
    ['is that of another request', JSON.stringify(aRememberedRequest({ id: ids[2] }))],
  ])('is left out where a file %s, and the others are there', async (_, text) => {
    await rememberRequest(aRememberedRequest());
    await writeFile(join(folder(), 'requests', `${ids[0]}.json`), text, { mode: 0o600 });
    await rememberRequest(aRememberedRequest({ id: ids[1] }));
    expect((await rememberedRequests()).map(({ id }) => id)).toEqual([ids[1]]);
  });

  test.each([
    ['a link', (file: string) => symlink('/etc/passwd', file)],
    ['a folder', (file: string) => mkdir(file)],
    ['readable by others', (file: string) => writeFile(file, '{}', { mode: 0o644 })],
  ])('hides no other request where one file is %s', async (_, make) => {
    await rememberRequest(aRememberedRequest({ id: ids[1] }));
    await make(join(folder(), 'requests', `${ids[0]}.json`));
    expect((await rememberedRequests()).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await unreadableRequests()).toBe(1);
  });

  test('goes with its key, and with nothing of another request', async () => {
    for (const id of [ids[0], ids[1]]) {
      await rememberRequest(aRememberedRequest({ id }));
      await keepKey(id, { kty: 'EC' });
    }
    await forgetRequest(ids[0]);
    expect(await rememberedRequest(ids[0])).toBeUndefined();
    expect(await requestKey(ids[0])).toBeUndefined();
    expect(await requestKey(ids[1])).toEqual({ kty: 'EC' });
    const files = await readdir(folder(), { recursive: true });
    expect(files.filter((file) => file.includes(ids[0]))).toEqual([]);
  });

  test('can be forgotten twice', async () => {
    await forgetRequest(ids[0]);
    await forgetRequest(ids[0]);
    expect(await rememberedRequests()).toEqual([]);
  });
});
