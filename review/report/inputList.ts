import { createHash } from 'node:crypto';
import type { LogFile } from '../reader/trail.ts';
import { rememberedOf } from '../sessions/remembered.ts';

/**
 * inputs.sha256, which `sha256sum --check` reads in the folder of the logs: one line for each log file. As sha256sum has it, a
 * name with a backslash or a line break is escaped and its line begins with a backslash. What could not be opened has none.
 */
export function* inputList(files: readonly LogFile[]): Generator<string> {
  for (const { path, sha256 } of files) {
    if (sha256 === '') continue;
    // A hyphen alone is what was typed.
    if (plain.test(path)) yield `${sha256}  ${path === '-' ? './-' : path}\n`;
    else yield `\\${sha256}  ${escaped(path)}\n`;
  }
}

const plain = /^[^\\\n\r]*$/;

const escaped = (path: string): string =>
  path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** SHA-256 of that list in hexadecimal: one number that stands for all that was read. */
export const inputsSha256 = rememberedOf((files: readonly LogFile[]): string => {
  const hash = createHash('sha256');
  for (const line of inputList(files)) hash.update(line);
  return hash.digest('hex');
});
