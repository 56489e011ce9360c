import { RefusedError, UnreachableError } from './errors.ts';
import { pause } from './pause.ts';

const attempts = 4;
/** Milliseconds: nothing begins later than this after the first attempt, so what gets no answer at all is tried twice. */
const patience = 35_000;

/** Does it, and again after a failure that may pass by itself. */
export async function repeated<Value>(
  attempt: () => Promise<Value>,
  { harmless, signal }: { harmless: boolean; signal: AbortSignal | undefined },
): Promise<Value> {
  const began = performance.now();
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const wait = retryAfterOf(error) ?? backoff(failures);
      const inVain = failures === attempts || performance.now() - began + wait > patience;
      if (inVain || !(harmless ? isOutage(error) : wasTurnedAway(error))) throw error;
      await pause(wait, signal);
    }
  }
}

/** Whether the same call may well succeed later. */
export const isOutage = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof RefusedError && (error.status >= 500 || error.status === 429));

/** Too many is too many for everything: nothing was done. */
const wasTurnedAway = (error: unknown): boolean => error instanceof RefusedError && error.status === 429;

export const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof RefusedError ? error.retryAfter : undefined;

/** Milliseconds: longer each time, and not in step with other callers. */
const backoff = (failures: number): number => 125 * 2 ** failures * (0.5 + Math.random() / 2);
