import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';
import { makeFolder } from '../makeFolder.ts';

/** The config file, byte for byte as a Latin 1 text, whatever it is written in. Empty where there is none. */
export async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new CommandError(`${path} cannot be read (${codeOf(error)}). Make it a file that you can read.`);
  }
}

/**
 * Writes the config file as a whole: readers see the old text or the new one. A link stays a link, and the file keeps its mode and its owner.
 * Throws a `CommandError` where it has changed since it was read, or cannot be written.
 */
export async function saveConfig(path: string, before: string, after: string): Promise<void> {
  try {
    const target = await targetOf(path);
    await makeFolder(dirname(target));
    const draft = join(dirname(target), `.config.${randomBytes(6).toString('hex')}`);
    try {
      await writeDraft(draft, target, after);
      if ((await readConfig(path)) !== before)
        throw new CommandError(`${path} has changed meanwhile, and was left as it is. Try again.`);
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${path} cannot be written (${codeOf(error)}). Make its folder writable for you.`);
  }
}

/** What a link leads to, so that the file there is replaced and not the link. */
async function targetOf(path: string): Promise<string> {
  if (!(await lstat(path).catch(() => undefined))) return path;
  return realpath(path);
}

async function writeDraft(draft: string, target: string, text: string): Promise<void> {
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
  const known = await stat(target).catch(() => undefined);
  if (!known) return;
  if (known.uid !== process.getuid?.()) await chown(draft, known.uid, known.gid);
  await chmod(draft, known.mode & 0o777);
}

const codeOf = (error: unknown): string => errorCode(error) ?? 'unknown error';
