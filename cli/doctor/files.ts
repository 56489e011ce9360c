import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { errorCode } from '../errorCode.ts';
import { folders } from '../folders.ts';
import { isLeftDraft } from '../privateFile.ts';
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

interface Found {
  path: string;
  stats: Stats;
  /** Why what is in a folder cannot be seen. */
  closed?: string;
}

/** A folder and all below it; nothing where there is none. */
async function pathsIn(folder: string): Promise<Found[]> {
  let stats: Stats | undefined;
  try {
    stats = await lstat(folder);
    if (!stats.isDirectory()) return [{ path: folder, stats }];
    const below = await Promise.all((await readdir(folder)).map((name) => pathsIn(join(folder, name))));
    return [{ path: folder, stats }, ...below.flat()];
  } catch (error) {
    const code = errorCode(error);
    // It may go while it is looked at: other commands run.
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    if (stats === undefined || code === undefined) throw error;
    return [{ path: folder, stats, closed: code }];
  }
}

/** Windows keeps users apart by access lists that Node does not tell. */
function faultOf({ path, stats, closed }: Found): string[] {
  const name = visibleLine(path);
  if (stats.isSymbolicLink()) return [`${name} is a link, and links are not followed there. Remove it.`];
  // What it keeps has such an ending, and no folder of it has.
  const isWrongKind = stats.isDirectory() ? /\.[a-z]+$/.test(basename(path)) : !stats.isFile();
  if (isWrongKind) return [`${name} is no file, and a file belongs there. Move it away.`];
  if (isLeftDraft(path, stats))
    return [`${name} is left over of a command that was ended while it wrote. Remove it: rm ${quoted(path)}`];
  const own = process.getuid?.();
  if (own === undefined) return [];
  if (stats.uid !== own)
    return [`${name} belongs to somebody else. Make it yours: sudo chown -R "$USER" ${quoted(path)}`];
  if (stats.mode & 0o077)
    return [
      `${name} can be opened by others. Close it: chmod ${stats.isDirectory() ? '700' : '600'} ${quoted(path)}`,
    ];
  if (closed !== undefined)
    return [
      `The folder ${name} cannot be read (${closed}). Make it readable for you: chmod 700 ${quoted(path)}`,
    ];
  return [];
}

/** For a shell. */
export const quoted = (path: string): string => `'${visibleLine(path).replaceAll("'", `'\\''`)}'`;
