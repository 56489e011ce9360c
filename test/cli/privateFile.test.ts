import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPrivate, removePrivate, writePrivate } from '../../cli/privateFile.ts';

let home: string;
let folder: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-private-'));
  folder = join(home, 'state', 'secrets');
  path = join(folder, 'secret');
});
afterEach(() => rmSync(home, { recursive: true }));

const modeOf = (name: string): string => (statSync(name).mode & 0o777).toString(8);

describe('What is written', () => {
  it('is read again, by its owner only, in folders of their own', async () => {
    await writePrivate(path, 'grüße');
    expect(await readPrivate(path)).toBe('grüße');
    expect(modeOf(path)).toBe('600');
    expect(modeOf(folder)).toBe('700');
    expect(modeOf(join(home, 'state'))).toBe('700');
  });

  it('has these permissions whatever the umask is', async () => {
    const before = process.umask(0);
    try {
      await writePrivate(path, 'text');
    } finally {
      process.umask(before);
    }
    expect([modeOf(path), modeOf(folder)]).toEqual(['600', '700']);
  });

  it('replaces what was there, and leaves nothing else behind', async () => {
    await writePrivate(path, 'old');
    await writePrivate(path, 'new');
    expect(await readPrivate(path)).toBe('new');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('replaces a link, and never what it leads to', async () => {
    const other = join(home, 'other');
    writeFileSync(other, 'not ours');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    symlinkSync(other, path);
    await writePrivate(path, 'ours');
    expect(readFileSync(other, 'utf8')).toBe('not ours');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
  });

  it('is the one text or the other, whoever writes and reads at the same time', async () => {
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000));
    await writePrivate(path, 'a'.repeat(300_000));
    const writing = Promise.all([...texts, ...texts, ...texts].map((text) => writePrivate(path, text)));
    const read = await Promise.all(Array.from({ length: 30 }, () => readPrivate(path)));
    await writing;
    expect(read.filter((text) => !texts.includes(text ?? ''))).toEqual([]);
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('can be removed, also where there is nothing', async () => {
    await writePrivate(path, 'text');
    await removePrivate(path);
    await removePrivate(path);
    expect(await readPrivate(path)).toBeUndefined();
  });
});

describe('There is none', () => {
  it('where its folder is missing', async () => {
    expect(await readPrivate(path)).toBeUndefined();
  });

  it('where a file stands in the place of its folder', async () => {
    writeFileSync(join(home, 'state'), '');
    expect(await readPrivate(path)).toBeUndefined();
    await removePrivate(path);
  });
});

describe('With a sentence that says what to do,', () => {
  it('a file that others can open is not read', async () => {
    await writePrivate(path, 'text');
    chmodSync(path, 0o640);
    await expect(readPrivate(path)).rejects.toThrow(
      `${path} can be opened by others, so what it holds may be known to them. Remove it, or keep it: chmod 600 '${path}'`,
    );
  });

  it('a link is not read, whatever it leads to', async () => {
    await writePrivate(path, 'text');
    symlinkSync(path, join(folder, 'link'));
    await expect(readPrivate(join(folder, 'link'))).rejects.toThrow(
      'is a link, and links are not followed there. Remove it.',
    );
  });

  it('a folder is not read as a file', async () => {
    await expect(readPrivate(home)).rejects.toThrow('is no file. Move it away; it is written again.');
  });

  it.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
    const pipe = join(home, 'pipe');
    spawnSync('mkfifo', ['-m', '600', pipe]);
    await expect(readPrivate(pipe)).rejects.toThrow('is no file. Move it away; it is written again.');
  });

  it('nothing is written to a folder that others can write to', async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o775);
    await expect(writePrivate(path, 'text')).rejects.toThrow(
      `Others can write to the folder ${folder}, so nothing is kept there. Close it: chmod 700 '${folder}'`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('nothing is written where a file stands in the way', async () => {
    writeFileSync(join(home, 'state'), '');
    await expect(writePrivate(path, 'text')).rejects.toThrow(
      /cannot be written \(ENOTDIR\)\. Make its folder writable, or name another place with XDG_CONFIG_HOME/,
    );
  });

  it.skipIf(process.platform !== 'linux')('nothing is written where no folder can be made', async () => {
    await expect(writePrivate('/proc/self/nowhere/countersign/secret', 'text')).rejects.toThrow(
      /^\/proc\/self\/nowhere\/countersign\/secret cannot be written \(ENOENT\)\. Make its folder writable/,
    );
  });

  /** Somebody else's, for root and for everybody else. */
  const isRoot = process.getuid?.() === 0;

  it('a file of somebody else’s is not read', async () => {
    await writePrivate(path, 'text');
    if (isRoot) chownSync(path, 65_534, 65_534);
    await expect(readPrivate(isRoot ? path : '/etc/passwd')).rejects.toThrow(
      /belongs to somebody else, so it is not read/,
    );
  });

  it('nothing is written to a folder of somebody else’s', async () => {
    await writePrivate(path, 'text');
    if (isRoot) chownSync(folder, 65_534, 65_534);
    await expect(writePrivate(isRoot ? path : '/etc/secret', 'text')).rejects.toThrow(
      /belongs to somebody else, so nothing is kept there/,
    );
  });
});
