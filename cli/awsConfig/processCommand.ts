import { realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { CommandError } from '../commandError.ts';

/**
 * The value of `credential_process` that runs this countersign with some words. By its place on the PATH where it has one, which stays
 * through upgrades; else by this Node and this file. Throws a `CommandError` for a path that cannot be written there.
 */
export async function processCommand(words: readonly string[]): Promise<string> {
  const script = await realpath(process.argv[1] ?? '');
  const installed = await installedAs(script);
  const program = installed === undefined ? [process.execPath, script] : [installed];
  return [...program, ...words].map(quoted).join(' ');
}

async function installedAs(script: string): Promise<string | undefined> {
  // A shell script of npm's stands there on Windows, and leads nowhere that could be compared.
  const name = process.platform === 'win32' ? 'countersign.cmd' : 'countersign';
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    const path = join(folder, name);
    const target = await realpath(path).catch(() => undefined);
    if (target === script || (target !== undefined && process.platform === 'win32')) return path;
  }
  return undefined;
}

/**
 * Some tools hand the line to a shell and some part it themselves; double quotes are what all of them read. There is no escape that they
 * agree on: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
function quoted(word: string): string {
  const plain = process.platform === 'win32' ? /^[\w@+=:,./\\-]+$/ : /^[\w@+=:,./-]+$/;
  if (plain.test(word)) return word;
  const unquotable = process.platform === 'win32' ? /["%\p{Cc}]/u : /["$`\\!\p{Cc}]/u;
  if (unquotable.test(word))
    throw new CommandError(
      'The folder that countersign is in has a letter in its path that AWS’s config file cannot hold ("$`\\!%). Install it in another one.',
    );
  return `"${word}"`;
}
