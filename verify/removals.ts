import { CannotTell } from './check.ts';

/** How something is made for the time of a run, and removed. */
export interface Temporary<Made> {
  make(): Promise<Made>;
  /** Also when it was made only in part, or not at all. */
  remove(): Promise<unknown>;
}

/** What a run has made, to be removed when it is over, however it ends. */
export interface Removals {
  /** Makes something. Its removal is noted before: an answer that gets lost leaves nothing behind. */
  make<Made>(what: string, temporary: Temporary<Made>): Promise<Made>;
  /** Removes everything, the latest first; what cannot be removed does not keep the rest. Answers what is still there. */
  removeAll(): Promise<string[]>;
}

export function createRemovals(): Removals {
  const pending: { what: string; remove: () => Promise<unknown> }[] = [];
  return {
    async make(what, { make, remove }) {
      const entry = { what, remove };
      pending.push(entry);
      try {
        return await make();
      } catch (error) {
        if (isRefusal(error)) pending.splice(pending.indexOf(entry), 1);
        throw error;
      }
    },
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

/** Whether AWS answered that it made nothing. What exists already was made by a try whose answer got lost. */
function isRefusal(error: unknown): boolean {
  if (error instanceof CannotTell) return true;
  if (!(error instanceof Error) || /Exist|InUse/.test(`${error.name} ${error.message}`)) return false;
  return ('$fault' in error && error.$fault === 'client') || error.message.includes('An error occurred (');
}

/** For the removal of what may not be there, or not any more. */
export function unlessGone(error: unknown): void {
  if (
    error instanceof Error &&
    /NoSuchEntity|NotFound|NonExistentQueue|DoesNotExist/.test(`${error.name} ${error.message}`)
  )
    return;
  throw error;
}
