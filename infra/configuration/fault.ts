import type { Path, YamlFile } from './yamlFile.ts';

/** Something wrong in a file: where, and how the sentence about it goes on. */
export interface Fault {
  path: Path;
  message: string;
}

/** A list of one fault, or of none. */
export const faultIf = (wrong: boolean, path: Path, message: string): Fault[] =>
  wrong ? [{ path, message }] : [];

/** A fault where it stands: what editors and CI mark. */
export interface PlacedFault {
  /** The file as whoever started this named it; none where the text names it. */
  file?: string;
  line?: number;
  text: string;
}

/** The faults where they stand, in the order of the lines; with what else is known of each. */
export const placeFaults = <Of extends Fault>(
  file: YamlFile,
  faults: readonly Of[],
): (PlacedFault & Omit<Of, keyof Fault>)[] =>
  faults
    .map(({ path, message, ...rest }) => ({
      ...rest,
      file: file.name,
      line: file.lineOf(path),
      text: `${nameOf(path)} ${message}.`,
    }))
    .sort((one, other) => one.line - other.line);

/** `catalogue.yaml:12: entitlements.orders-read.policy allows nothing.` */
export const faultSentence = ({ file, line, text }: PlacedFault): string =>
  [file, line, ` ${text}`]
    .filter((part) => part !== undefined)
    .join(':')
    .trim();

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
