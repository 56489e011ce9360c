import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isGzip } from './gzip.ts';

/** Longer files are read into memory of their own. */
const longest = 1024 * 1024;

/** Reads files one after the other into the same memory: most have a few kilobytes, and asking for memory takes as long as reading them. */
export class FileBytes {
  readonly #memory = Buffer.allocUnsafeSlow(longest);

  /**
   * The bytes of a file, good until the next is read. `expected` is the length that it had when it was listed, if it was asked for.
   * Undefined where it has more than `most`.
   */
  read(name: string, expected: number | undefined, most: number): Buffer | undefined {
    if (expected !== undefined && expected >= longest) return readFileSync(name);
    const length = this.#readBeginning(name);
    const bytes = this.#memory.subarray(0, length);
    // A file system may give less than there is. gzip's end shows whether all of it came.
    const isAll = expected === undefined ? length < longest && isGzip(bytes) : length === expected;
    if (isAll) return bytes;
    return statSync(name).size > most ? undefined : readFileSync(name);
  }

  #readBeginning(name: string): number {
    const descriptor = openSync(name, 'r');
    try {
      return readSync(descriptor, this.#memory, 0, longest, null);
    } finally {
      closeSync(descriptor);
    }
  }
}
