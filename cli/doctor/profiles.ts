import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import { awsConfigFile, awsCredentialsFile } from '../awsConfig/awsFiles.ts';
import { isOvershadowed, ownProfiles, profileName } from '../awsConfig/profile.ts';
import { readConfig } from '../awsConfig/saveConfig.ts';
import { shellPath } from '../awsConfig/shellPath.ts';
import { type Check, fine, note, wrong } from './check.ts';
import { quoted } from './files.ts';

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
    const credentialsFile = awsCredentialsFile();
    const credentials = await textOf(credentialsFile);
    const overshadowed = own.filter(({ entitlement }) => isOvershadowed(credentials, entitlement));
    const faults = [
      ...(await openToOthers(file)),
      ...overshadowed.map(
        ({ entitlement }) =>
          `${visibleLine(credentialsFile)} has ${visibleLine(profileName(entitlement))}, too, and AWS’s tools use the keys there. Rename or remove it there.`,
      ),
      ...(await Promise.all([...programs].map(([path, profile]) => programFaults(path, profile)))).flat(),
    ];
    const names = own.map(({ entitlement }) => profileName(entitlement)).join(', ');
    return faults.length > 0 ? faults.map(wrong) : [fine(visibleLine(names))];
  },
};

/** With the names of programs as they are written. */
const textOf = async (file: string): Promise<string> =>
  Buffer.from(await readConfig(file), 'latin1').toString();

/** The command line before its own words. */
const programOf = (process: string): string => process.replace(/ credentials .*$/, '');

/** In double quotes where they have blanks. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

async function programFaults(program: string, profile: string): Promise<string[]> {
  const [path = '', ...words] = wordsOf(program);
  try {
    await access(path, constants.X_OK);
  } catch {
    return [
      `${visibleLine(path)}, which the profile ${visibleLine(profile)} runs, is not there any more. Write the profile again: countersign configure`,
    ];
  }
  const faults = [...(await openToOthers(path)), ...(await openToOthers(dirname(path)))];
  if (faults.length > 0 || (await runs(path, words))) return faults;
  return [
    `${visibleLine(program)}, which the profile ${visibleLine(profile)} runs, does not run outside of this command: an older Node may come first on your PATH. Write the profile again: countersign configure`,
  ];
}

/** As AWS's tools find it, which npx did not start. */
async function runs(path: string, words: string[]): Promise<boolean> {
  const env = { ...process.env, PATH: shellPath().join(delimiter) };
  try {
    // On Windows npm leaves a script there, which only a shell runs.
    if (process.platform === 'win32' && /\.cmd$/i.test(path)) return true;
    await promisify(execFile)(path, [...words, '--version'], { env, timeout: patience });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds. */
const patience = 20_000;

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
      `Others can write ${name}, and so decide what AWS’s tools run in your name: chmod go-w ${quoted(path)}`,
    ];
  return [];
}
