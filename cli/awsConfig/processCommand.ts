import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { shellPath } from './shellPath.ts';

/**
 * The value of `credential_process` that runs this countersign with some words. By its place on the PATH where it was installed there, which
 * stays through upgrades; else by this Node and this file. Throws a `CommandError` for words that cannot be written there.
 */
export async function processCommand(words: readonly string[]): Promise<string> {
  const script = await realpath(process.argv[1] ?? '');
  const installed = await installedAs(script);
  const program = installed === undefined ? [process.execPath, script] : [installed];
  return [...program, ...words].map(quoted).join(' ');
}

async function installedAs(script: string): Promise<string | undefined> {
  // A checkout runs under the Node that npx chose, which need not be the one that AWS's tools find.
  if (script.endsWith('.ts')) return undefined;
  // A shell script of npm's stands there on Windows, and leads nowhere that could be compared.
  const name = process.platform === 'win32' ? 'countersign.cmd' : 'countersign';
  for (const folder of shellPath()) {
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
  // The tools for JavaScript take what follows a blank and # or ; for a comment, also in quotes.
  const unquotable = process.platform === 'win32' ? /["%\p{Cc}]|\s[#;]/u : /["$`\\!\p{Cc}]|\s[#;]/u;
  if (unquotable.test(word))
    throw new CommandError(
      `AWS’s config file cannot hold ${visibleLine(word)}: one of "$\`\\!% is in it, or a # or ; after a blank. If that is where countersign is, install it in another folder.`,
    );
  return `"${word}"`;
}
