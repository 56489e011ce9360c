import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Longer files are read into memory of their own. */
const longest = 1024 * 1024;

/** Reads files one after the other into the same memory: most have a few kilobytes, and asking for memory takes as long as reading them. */
export class FileBytes {
  readonly #memory = Buffer.allocUnsafeSlow(longest);

  /** The bytes of a file, good until the next is read. `expected` is the length that it had when it was listed. */
  read(name: string, expected: number): Buffer {
    if (expected >= longest) return readFileSync(name);
    const length = this.#readBeginning(name);
    // Another length means that it has changed, or that there is more to come.
    return length === expected ? this.#memory.subarray(0, length) : readFileSync(name);
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
