const count = 32_768;

/** What was seen lately, by a hash of its bytes. Where two meet in one slot the later one takes it: whoever asks compares. */
export class Slots<Value> {
  readonly #values = new Array<Value | undefined>(count).fill(undefined);

  at(hash: number): Value | undefined {
    return this.#values[(hash >>> 0) % count];
  }

  put(hash: number, value: Value): void {
    this.#values[(hash >>> 0) % count] = value;
  }
}
