import type { Failure } from './statesError.ts';

/** A retrier with the defaults of the Amazon States Language filled in. */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate: number;
  MaxDelaySeconds?: number | undefined;
  JitterStrategy: 'FULL' | 'NONE';
}

/** Terminal errors, which no wildcard matches (Step Functions developer guide, "Error names"). */
const terminal = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Whether a retrier's or catcher's `ErrorEquals` applies to the failure. */
export function matches(errorEquals: string[], { error }: Failure): boolean {
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (terminal.has(error)) return false;
    return name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}

/**
 * Milliseconds until the next attempt after `used` retries by this retrier, or undefined when it has none left.
 * `random` is a number from 0 up to 1, for `JitterStrategy: FULL`.
 */
export function retryDelay(retrier: Retrier, used: number, random: number): number | undefined {
  if (used >= retrier.MaxAttempts) return undefined;
  const backoff = retrier.IntervalSeconds * retrier.BackoffRate ** used;
  const seconds = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? random : 1));
}
