import { access, constants, mkdtemp, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CommandError } from '../commandError.ts';

/**
 * Whether logs can be read from the one folder and reports written to the other, before any time goes into it. Throws a
 * `CommandError` that says what to do.
 */
export async function checkFolders({ logs, out }: { logs: string; out: string }): Promise<void> {
  if (/^s3:\/\//i.test(logs))
    throw new CommandError(
      `Logs are read from a folder, not from S3. Fetch them first:\n  aws s3 sync ${logs} DIR\nand name that folder: --logs DIR.`,
    );
  if (/^s3:\/\//i.test(out))
    throw new CommandError(
      `Reports are written to a folder, not to S3. Name one, and copy it there afterwards:\n  aws s3 sync DIR ${out}`,
    );
  await checkReadable(logs);
  const [from, to] = [await realpath(logs), await placeOf(out)];
  if (isWithin(from, to))
    throw new CommandError(
      `--out ${out} lies in --logs ${logs}: the next review would read the reports as logs. Name a folder outside of it.`,
    );
  await checkWritable(out);
}

async function checkReadable(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) {
      await access(folder, constants.R_OK | constants.X_OK);
      return;
    }
  } catch (error) {
    throw new CommandError(
      isMissing(error)
        ? `${folder} does not exist. --logs names the folder that the log files were fetched into.`
        : `${folder} cannot be read. Ask its owner, or run this as somebody who may.`,
    );
  }
  throw new CommandError(`${folder} is a file. --logs takes the folder that it lies in.`);
}

/** Leaves nothing: what may be written to is known only when something was. Rights alone do not tell, as of /proc. */
async function checkWritable(folder: string): Promise<void> {
  const nearest = await nearestThere(resolve(folder));
  if (!(await stat(nearest)).isDirectory())
    throw new CommandError(`${nearest} is a file, and --out takes a folder. Name another one.`);
  try {
    await rmdir(await mkdtemp(join(nearest, '.countersign-')));
  } catch (error) {
    throw notWritten(nearest, error);
  }
}

/** What to say where a folder cannot be written to; what is no fault of the file system stays as it is. */
export function notWritten(folder: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const next = code === 'ENOSPC' ? 'Make room, or name' : 'Name';
  return new CommandError(
    `Nothing can be written to ${folder} (${code}). ${next} another folder with --out.`,
  );
}

/** The folder itself, or the nearest above it that is there. */
async function nearestThere(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch {
    const above = dirname(path);
    return above === path ? path : nearestThere(above);
  }
}

/** Where a folder is or will be, links resolved. */
async function placeOf(folder: string): Promise<string> {
  const path = resolve(folder);
  const there = await nearestThere(path);
  return resolve(await realpath(there), relative(there, path));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Of an error of the file system. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
