import { lstat, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from './commandError.ts';
import { errorCode } from './errorCode.ts';
import { folders } from './folders.ts';
import { makeFolder } from './makeFolder.ts';

/** Longer than anything that is done under a lock: a call of the network gives up after 30 seconds. */
const longestHold = 90_000;
/** Whoever makes a lock writes into it at once; one that stays empty is of a process that died, or of a disk that was full. */
const longestEmpty = 2_000;
/** What can be done without a lock waits less: AWS's SDK for Go gives a `credential_process` a minute. */
const shortPatience = 30_000;

/**
 * Does something that only one process of this user may do at a time, and waits while another one does it. A lock that a process
 * left behind when it died is taken over. Throws a `CommandError` where no lock can be kept, or none is had in time.
 */
export async function withLock<Result>(
  name: string,
  act: () => Promise<Result>,
  patience = longestHold,
): Promise<Result> {
  const path = join(folders().state, 'locks', `${name}.lock`);
  const mark = JSON.stringify({ pid: process.pid, host: hostname(), nonce: crypto.randomUUID() });
  const deadline = Date.now() + patience;
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

/** The same for what is better done without a lock than not at all, such as in a read-only home. */
export async function whereLocksWork<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  let isHeld = false;
  const held = (): Promise<Result> => {
    isHeld = true;
    return act();
  };
  try {
    return await withLock(name, held, shortPatience);
  } catch (error) {
    if (isHeld) throw error;
    return act();
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
    await makeFolder(dirname(path));
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(mark);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    // Not where somebody took it for abandoned before anything stood in it.
    return (await holderOf(path)) === mark;
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
  const made = await lstat(path).catch(() => undefined);
  if (made === undefined) return false;
  if (!made.isFile()) throw new CommandError(`${path} is no file. Remove it.`);
  // Also the other way: the clock may have been wrong then.
  const age = Math.abs(Date.now() - made.mtimeMs);
  if (age > longestHold) return true;
  const holder = await holderOf(path);
  if (holder === '') return age > longestEmpty;
  const { pid, host } = parsedMark(holder ?? '');
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
