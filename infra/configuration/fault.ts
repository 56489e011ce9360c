import type { Path, YamlFile } from './yamlFile.ts';

/** Something wrong in a file: where, and how the sentence about it goes on. */
export interface Fault {
  path: Path;
  message: string;
}

/** A list of one fault, or of none. */
export const faultIf = (wrong: boolean, path: Path, message: string): Fault[] =>
  wrong ? [{ path, message }] : [];

/** The faults as sentences with file and line, in the order of the lines. */
export function describeFaults(file: YamlFile, faults: readonly Fault[]): string[] {
  const placed = faults.map(({ path, message }) => ({
    line: file.lineOf(path),
    text: `${nameOf(path)} ${message}.`,
  }));
  placed.sort((one, other) => one.line - other.line);
  return placed.map(({ line, text }) => `${file.name}:${line}: ${text}`);
}

/** `['api', 'access', 'vpcEndpoints', 0]` → `api.access.vpcEndpoints[0]` */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the file';
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`;
    const key = String(step);
    if (!/^[\w-]+$/.test(key)) return `${name}[${JSON.stringify(key)}]`;
    return name === '' ? key : `${name}.${key}`;
  }, '');
}
