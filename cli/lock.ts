import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from './commandError.ts';
import { errorCode } from './errorCode.ts';
import { folders } from './folders.ts';

/** Longer than anything that is done under a lock: a call of the network gives up after 30 seconds. */
const longestHold = 90_000;

/**
 * Does something that only one process of this user may do at a time, and waits while another one does it. A lock that a process
 * left behind when it died is taken over. Throws a `CommandError` where no lock can be kept, or none is had in time.
 */
export async function withLock<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const path = join(folders().state, 'locks', `${name}.lock`);
  const mark = JSON.stringify({ pid: process.pid, host: hostname(), nonce: crypto.randomUUID() });
  const deadline = Date.now() + longestHold;
  while (!(await taken(path, mark))) {
    if (Date.now() > deadline)
      throw new CommandError(
        `Another countersign holds ${path} and does not finish. Try again, or remove that file if there is no other.`,
      );
    await pause(20 + Math.random() * 30);
  }
  try {
    return await act();
  } finally {
    if ((await holderOf(path)) === mark) await rm(path, { force: true });
  }
}

/** Whether the lock is ours now. */
async function taken(path: string, mark: string): Promise<boolean> {
  if (await created(path, mark)) return true;
  if (!(await isAbandoned(path))) return false;
  // Only one may clear it away: otherwise the second one would clear away the lock of the first.
  const clearing = `${path}.clearing`;
  if (!(await created(clearing, mark))) {
    if (await isAbandoned(clearing)) await rm(clearing, { force: true });
    return false;
  }
  try {
    if (await isAbandoned(path)) await rm(path, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
  return false;
}

async function created(path: string, mark: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(mark);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    throw new CommandError(
      `${path} cannot be written (${code}). Make its folder writable, or name another place with XDG_STATE_HOME.`,
    );
  }
}

/** Whether whoever made it is gone: its process on this machine, or, on another one with the same home, its time. */
async function isAbandoned(path: string): Promise<boolean> {
  const [holder, made] = await Promise.all([holderOf(path), stat(path).catch(() => undefined)]);
  if (holder === undefined || made === undefined) return false;
  if (Date.now() - made.mtimeMs > longestHold) return true;
  const { pid, host } = parsedMark(holder);
  return pid !== undefined && host === hostname() && !isRunning(pid);
}

const holderOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

/** Empty where its maker has not written it yet, or never will. */
function parsedMark(mark: string): { pid?: number; host?: string } {
  const [, pid, host] = /^\{"pid":(\d{1,10}),"host":"([^"]*)"/.exec(mark) ?? [];
  return pid === undefined || host === undefined ? {} : { pid: Number(pid), host };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
