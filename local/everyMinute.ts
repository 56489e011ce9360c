import type { Clock } from './clock.ts';

/**
 * Runs `work` every minute of the clock, as EventBridge Scheduler would, and right after the clock was moved. Runs never
 * overlap: one that falls due meanwhile follows at once. Answers the function that stops it and waits for the last run.
 */
export function everyMinute(clock: Clock, work: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let due = false;
  let stopped = false;

  const run = (): void => {
    due = true;
    running ??= untilNothingIsDue();
  };
  const untilNothingIsDue = async (): Promise<void> => {
    while (due && !stopped) {
      due = false;
      await work();
    }
    running = undefined;
  };

  timer = setInterval(run, 60_000);
  const unsubscribe = clock.onAdvance(run);
  return async () => {
    stopped = true;
    unsubscribe();
    clearInterval(timer);
    await running;
  };
}
