import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError } from './commandError.ts';
import { errorCode } from './errorCode.ts';
import { makeFolder } from './makeFolder.ts';

/** A link is not followed, and a pipe does not wait for somebody who writes. Windows has neither. */
const asItIs = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * A file that only its owner reads and writes. `undefined` where there is none. Throws a `CommandError` for a link, for a file of
 * somebody else's, and for one that others can open: what stands in it may not be what was written, or may be known.
 */
export async function readPrivate(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, asItIs);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw notReadable(path, error);
  }
  try {
    refuseOthers(path, await file.stat());
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes such a file as a whole: readers see the old text or the new one. A link that stands there is replaced, never followed.
 * Throws a `CommandError` where it cannot be written, or where others could put another file in its place.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    await makeFolder(folder);
    refuseSharedFolder(folder, await stat(folder));
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      // A key that a power cut takes away is access that nobody can use.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error instanceof CommandError ? error : notWritable(path, error);
  }
}

/** Removes such a file; it is no fault if there is none. */
export async function removePrivate(path: string): Promise<void> {
  try {
    await rm(path);
  } catch (error) {
    if (!isMissing(error)) throw notWritable(path, error);
  }
}

/** Milliseconds; a draft becomes the file in much less. */
const draftLives = 60_000;

/** Whether it is what a command left that was ended while it wrote. */
export const isLeftDraft = (path: string, { mtimeMs }: Stats): boolean =>
  basename(path).startsWith('.') && Math.abs(Date.now() - mtimeMs) > draftLives;

/** Removes those of a folder; what cannot be removed stays. */
export async function clearDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.allSettled(
    names.map(async (name) => {
      const path = join(folder, name);
      if (isLeftDraft(path, await lstat(path))) await rm(path);
    }),
  );
}

/** Whether there is no such file. ENOTDIR: what should be its folder is a file. */
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');

/** On Windows a user's folders are private by their access lists, and there is no such number. */
const ownUser = (): number | undefined => process.getuid?.();

function refuseOthers(path: string, stats: Stats): void {
  const { uid, mode } = stats;
  if (!stats.isFile()) throw new CommandError(`${path} is no file. Move it away; it is written again.`);
  const own = ownUser();
  if (own === undefined) return;
  if (uid !== own)
    throw new CommandError(
      `${path} belongs to somebody else, so it is not read. Move it away, or make it yours: sudo chown "$USER" '${path}'`,
    );
  if (mode & 0o077)
    throw new CommandError(
      `${path} can be opened by others, so what it holds may be known to them. Remove it, or keep it: chmod 600 '${path}'`,
    );
}

function refuseSharedFolder(folder: string, { uid, mode }: Stats): void {
  const own = ownUser();
  if (own === undefined) return;
  if (uid !== own)
    throw new CommandError(
      `The folder ${folder} belongs to somebody else, so nothing is kept there. Make it yours: sudo chown "$USER" '${folder}'`,
    );
  if (mode & 0o022)
    throw new CommandError(
      `Others can write to the folder ${folder}, so nothing is kept there. Close it: chmod 700 '${folder}'`,
    );
}

function notReadable(path: string, error: unknown): unknown {
  const code = errorCode(error);
  // What O_NOFOLLOW answers to a link: ELOOP, on FreeBSD EMLINK.
  if (code === 'ELOOP' || code === 'EMLINK')
    return new CommandError(`${path} is a link, and links are not followed there. Remove it.`);
  if (code === undefined) return error;
  return new CommandError(`${path} cannot be read (${code}). Make it readable for you: chmod 600 '${path}'`);
}

function notWritable(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  return new CommandError(
    `${path} cannot be written (${reasons[code] ?? code}). Make its folder writable, or name another place with ${placeVariables}.`,
  );
}

const reasons: Record<string, string> = {
  EROFS: 'the file system is read-only',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
};

/** What names other folders for what is kept. */
export const placeVariables =
  process.platform === 'win32'
    ? 'APPDATA and LOCALAPPDATA'
    : 'XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME';
