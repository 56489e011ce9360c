/**
 * Many texts as bytes outside of the heap: there they cost the garbage collector nothing, and threads hand them over without copying. A text is
 * known by its number, from 0.
 */
export interface StoredTexts {
  blocks: Uint8Array<ArrayBuffer>[];
  /** For each text: its block, where it begins there, and its length in bytes. */
  positions: Uint32Array<ArrayBuffer>;
}

const blockBytes = 1024 * 1024;

export class TextStore {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  /** The last block. */
  #block = Buffer.from(new ArrayBuffer(0));
  #free = 0;
  #positions = new Uint32Array(3 * 256);
  #count = 0;

  /** Adds a text and answers its number. */
  add(text: string): number {
    // In UTF-8 no unit of a text takes more than three bytes.
    if (this.#block.length - this.#free < text.length * 3) this.#addBlock(text.length * 3);
    const length = this.#block.write(text, this.#free);
    if (this.#positions.length === this.#count * 3) {
      const grown = new Uint32Array(this.#positions.length * 2);
      grown.set(this.#positions);
      this.#positions = grown;
    }
    this.#positions.set([this.#blocks.length - 1, this.#free, length], this.#count * 3);
    this.#free += length;
    return this.#count++;
  }

  #addBlock(bytes: number): void {
    const block = new Uint8Array(Math.max(bytes, blockBytes));
    this.#blocks.push(block);
    this.#block = Buffer.from(block.buffer);
    this.#free = 0;
  }

  stored(): StoredTexts {
    return { blocks: this.#blocks, positions: this.#positions.slice(0, this.#count * 3) };
  }
}

/** A text by its number; undefined where there is none. */
export function textAt({ blocks, positions }: StoredTexts, number: number): string | undefined {
  const [index = 0, start = 0, length = 0] = positions.subarray(number * 3, number * 3 + 3);
  const block = blocks[index];
  return block && Buffer.from(block.buffer, start, length).toString();
}

/** The texts of several stores in a row. */
export function joinTexts(stores: readonly StoredTexts[]): StoredTexts {
  const positions = new Uint32Array(stores.reduce((sum, store) => sum + store.positions.length, 0));
  const blocks: StoredTexts['blocks'] = [];
  let at = 0;
  for (const store of stores) {
    positions.set(store.positions, at);
    const end = at + store.positions.length;
    for (; at < end; at += 3) positions[at] = (positions[at] as number) + blocks.length;
    blocks.push(...store.blocks);
  }
  return { blocks, positions };
}
