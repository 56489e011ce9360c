/** What a run has made, to be removed when it is over, however it ends. */
export interface Removals {
  add(what: string, remove: () => Promise<unknown>): void;
  /** Removes everything, the latest first; what cannot be removed does not keep the rest. Answers what is still there. */
  removeAll(): Promise<string[]>;
}

export function createRemovals(): Removals {
  const pending: { what: string; remove: () => Promise<unknown> }[] = [];
  return {
    add: (what, remove) => void pending.push({ what, remove }),
    async removeAll() {
      const left: string[] = [];
      for (let next = pending.pop(); next; next = pending.pop()) {
        const { what, remove } = next;
        try {
          await remove().catch(unlessGone);
        } catch (error) {
          left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      return left;
    },
  };
}

/** For the removal of what may not be there, or not any more. */
export function unlessGone(error: unknown): void {
  if (
    error instanceof Error &&
    /NoSuchEntity|NotFound|NonExistentQueue/.test(`${error.name} ${error.message}`)
  )
    return;
  throw error;
}
