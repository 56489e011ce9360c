import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { folders } from '../folders.ts';
import { type Check, fine, note, wrong } from './check.ts';

/** Whether what the command keeps is its owner's alone: every folder and file, and no links. */
export const files: Check = {
  about: 'Files',
  async find() {
    const { config, state, cache } = folders();
    const found = (await Promise.all([config, state, cache].map(pathsIn))).flat();
    const there = [config, state, cache].filter((folder) => found.some(({ path }) => path === folder));
    if (there.length === 0) return [note('nothing is kept here yet')];
    const faults = found.flatMap(faultOf);
    if (faults.length === 0)
      return [fine(`only you can open what is kept in ${there.map(visibleLine).join(', ')}`)];
    const left = faults.length - mostFaults;
    return [
      ...faults.slice(0, mostFaults).map(wrong),
      ...(left > 0
        ? [wrong(`So it is with ${left} more. All at once: chmod -R go-rwx ${there.map(quoted).join(' ')}`)]
        : []),
    ];
  },
};

const mostFaults = 4;
/** Milliseconds; a file is written under a name that begins with a dot, in much less. */
const draftLives = 60_000;

interface Found {
  path: string;
  stats: Stats;
}

/** A folder and all below it; nothing where there is none. */
async function pathsIn(folder: string): Promise<Found[]> {
  const stats = await lstat(folder).catch(missing);
  if (!stats) return [];
  if (!stats.isDirectory()) return [{ path: folder, stats }];
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const below = await Promise.all(entries.map(({ name }) => pathsIn(join(folder, name))));
  return [{ path: folder, stats }, ...below.flat()];
}

/** It may go while it is looked at: other commands run. */
function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Windows keeps users apart by access lists that Node does not tell. */
function faultOf({ path, stats }: Found): string[] {
  const name = visibleLine(path);
  if (stats.isSymbolicLink()) return [`${name} is a link, and links are not followed there. Remove it.`];
  if (basename(path).startsWith('.') && stats.mtimeMs + draftLives < Date.now())
    return [`${name} is left over of a command that was ended while it wrote. Remove it: rm ${quoted(path)}`];
  const own = process.getuid?.();
  if (own === undefined) return [];
  if (stats.uid !== own)
    return [`${name} belongs to somebody else. Make it yours: sudo chown -R "$USER" ${quoted(path)}`];
  if (stats.mode & 0o077)
    return [
      `${name} can be opened by others. Close it: chmod ${stats.isDirectory() ? '700' : '600'} ${quoted(path)}`,
    ];
  return [];
}

const quoted = (path: string): string => `'${visibleLine(path).replaceAll("'", `'\\''`)}'`;
