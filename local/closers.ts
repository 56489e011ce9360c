/** Things to close, the last opened first. A thing that fails to close does not keep the others open. */
export interface Closers {
  add(close: () => unknown): void;
  /** Closes everything, once; rejects with the first failure after all have been tried. */
  closeAll: () => Promise<void>;
}

export function createClosers(): Closers {
  const open: (() => unknown)[] = [];
  return {
    add: (close) => void open.push(close),
    async closeAll() {
      const failures: unknown[] = [];
      for (let close = open.pop(); close; close = open.pop()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
