const count = 16_384;

/** What was seen lately, by a hash of its bytes. Where two meet in one slot the later one takes it: whoever asks compares. */
export class Slots<Value> {
  readonly #values: (Value | undefined)[] = Array.from({ length: count });

  at(hash: number): Value | undefined {
    return this.#values[(hash >>> 0) % count];
  }

  put(hash: number, value: Value): void {
    this.#values[(hash >>> 0) % count] = value;
  }
}
