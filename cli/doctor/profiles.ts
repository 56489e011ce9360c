import type { Stats } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { awsConfigFile } from '../awsConfig/awsFiles.ts';
import { ownProfiles, profileName } from '../awsConfig/profile.ts';
import { type Check, fine, note, wrong } from './check.ts';

/** Whether what `configure` wrote still runs, and whether nobody else decides what it runs. */
export const profiles: Check = {
  about: 'Profiles',
  async find() {
    const file = awsConfigFile();
    const own = ownProfiles(await textOf(file));
    if (own.length === 0)
      return [note(`there is none of countersign’s in ${visibleLine(file)}: countersign configure adds one`)];
    const programs = new Map(
      own.map(({ process, entitlement }) => [programOf(process), profileName(entitlement)]),
    );
    const faults = [
      ...(await openToOthers(file)),
      ...(await Promise.all([...programs].map(([path, profile]) => programFaults(path, profile)))).flat(),
    ];
    const names = own.map(({ entitlement }) => profileName(entitlement)).join(', ');
    return faults.length > 0 ? faults.map(wrong) : [fine(visibleLine(names))];
  },
};

/** A file that is not there has no profiles. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The first word of the command line, in double quotes where it has blanks. */
const programOf = (process: string): string =>
  /^"([^"]*)"|^(\S+)/.exec(process)?.slice(1).find(Boolean) ?? '';

async function programFaults(path: string, profile: string): Promise<string[]> {
  try {
    await access(path, constants.X_OK);
  } catch {
    return [
      `${visibleLine(path)}, which the profile ${visibleLine(profile)} runs, is not there any more. Write the profile again: countersign configure`,
    ];
  }
  return [...(await openToOthers(path)), ...(await openToOthers(dirname(path)))];
}

/** Who can write it decides what AWS's tools run in your name. */
async function openToOthers(path: string): Promise<string[]> {
  const own = process.getuid?.();
  const stats: Stats = await stat(path);
  if (own === undefined) return [];
  const name = visibleLine(path);
  if (stats.uid !== own && stats.uid !== 0)
    return [
      `${name} belongs to somebody else, who decides what AWS’s tools run in your name. Make it yours.`,
    ];
  // With the sticky bit nobody replaces what is another's.
  if (stats.mode & 0o022 && !(stats.isDirectory() && stats.mode & 0o1000))
    return [
      `Others can write ${name}, and so decide what AWS’s tools run in your name: chmod go-w '${name}'`,
    ];
  return [];
}
