import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whereLocksWork, withLock } from '../../cli/lock.ts';

let home: string;
let locks: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-lock-'));
  vi.stubEnv('XDG_STATE_HOME', home);
  locks = join(home, 'countersign/locks');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

/** The lock of another process. */
function leftBehind({ pid, host = hostname(), age = 0 }: { pid: number; host?: string; age?: number }): void {
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  const file = join(locks, 'token.lock');
  writeFileSync(file, JSON.stringify({ pid, host, nonce: 'a' }));
  const then = Date.now() / 1_000 - age;
  utimesSync(file, then, then);
}

/** The id of a process that has ended. */
const endedPid = (): number => spawnSync('true').pid;

test('only one at a time, and everybody in the end', async () => {
  let inside = 0;
  let most = 0;
  const act = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await pause(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock('token', act)));
  expect(most).toBe(1);
  expect(readdirSync(locks)).toEqual([]);
});

test('a lock goes when what was done under it fails', async () => {
  await expect(withLock('token', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock('token', () => Promise.resolve('done'))).toBe('done');
});

test('locks of different names do not wait for each other', async () => {
  const inner = () => withLock('two', () => Promise.resolve('done'));
  expect(await withLock('one', inner)).toBe('done');
});

test('the lock of a process that died is taken over, by one only', async () => {
  leftBehind({ pid: endedPid() });
  let inside = 0;
  const act = async (): Promise<number> => {
    inside += 1;
    await pause(5);
    return inside--;
  };
  expect(await Promise.all(Array.from({ length: 6 }, () => withLock('token', act)))).toEqual(
    Array.from({ length: 6 }, () => 1),
  );
});

test('the lock of a process that lives is waited for', async () => {
  leftBehind({ pid: process.pid });
  const act = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const locked = withLock('token', act);
  await pause(150);
  expect(act).not.toHaveBeenCalled();
  rmSync(join(locks, 'token.lock'));
  await locked;
  expect(act).toHaveBeenCalledOnce();
});

test('the lock of another machine with the same home is taken over when nothing is held that long', async () => {
  leftBehind({ pid: 1, host: 'elsewhere', age: 91 });
  expect(await withLock('token', () => Promise.resolve('done'))).toBe('done');
  leftBehind({ pid: endedPid(), host: 'elsewhere', age: 60 });
  const act = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const locked = withLock('token', act);
  await pause(150);
  expect(act).not.toHaveBeenCalled();
  rmSync(join(locks, 'token.lock'));
  await locked;
});

test('a lock that nobody has written into is taken over: a full disk leaves one', async () => {
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  const file = join(locks, 'token.lock');
  writeFileSync(file, '');
  const then = Date.now() / 1_000 - 3;
  utimesSync(file, then, then);
  const began = Date.now();
  expect(await withLock('token', () => Promise.resolve('done'))).toBe('done');
  expect(Date.now() - began).toBeLessThan(1_500);
});

test('on a full disk no lock stays', () => {
  const lock = new URL('../../cli/lock.ts', import.meta.url).href;
  const script = `await (await import('${lock}')).withLock('token', () => {}).catch((error) => console.log(error.message))`;
  const full = [
    '-c',
    'trap "" XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ];
  const { stdout } = spawnSync('bash', full, { encoding: 'utf8' });
  expect(stdout).toMatch(/token\.lock cannot be written \(EFBIG\)/);
  expect(readdirSync(locks)).toEqual([]);
});

test('a lock of the future is taken over: the clock was wrong', async () => {
  leftBehind({ pid: process.pid, age: -7_200 });
  expect(await withLock('token', () => Promise.resolve('done'))).toBe('done');
});

test.each([
  ['a file stands in the place of its folder', () => writeFileSync(locks, '')],
  ['a folder stands in its place', () => mkdirSync(join(locks, 'token.lock'), { recursive: true })],
  [
    'a pipe stands in its place',
    () => {
      mkdirSync(locks);
      spawnSync('mkfifo', [join(locks, 'token.lock')]);
    },
  ],
])('where %s, nobody waits: what can do without a lock goes on', async (_what, obstruct) => {
  mkdirSync(join(home, 'countersign'));
  obstruct();
  const began = Date.now();
  expect(await whereLocksWork('token', () => Promise.resolve('done'))).toBe('done');
  await expect(withLock('token', () => Promise.resolve())).rejects.toThrow(/cannot be written|is no file/);
  expect(Date.now() - began).toBeLessThan(1_500);
});

test('what fails under a lock is not done again without one', async () => {
  const act = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('no')));
  await expect(whereLocksWork('token', act)).rejects.toThrow('no');
  expect(act).toHaveBeenCalledOnce();
});

test('where no lock can be kept, a sentence says so', async () => {
  writeFileSync(join(home, 'countersign'), '');
  await expect(withLock('token', () => Promise.resolve())).rejects.toThrow(
    /token\.lock cannot be written \(ENOTDIR\)\. Make its folder writable/,
  );
});
