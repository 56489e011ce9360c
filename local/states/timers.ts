import type { Clock } from '../clock.ts';

/** Timers by the local server's clock: they fire when it gets there, by itself or by being moved. */
export interface Timers {
  /** Runs `action` once `time` (milliseconds since the epoch) has come. Returns the cancel function. */
  at(time: number, action: () => void): () => void;
  /** Cancels all timers and forgets the clock. */
  stop(): void;
}

interface Timer {
  time: number;
  action: () => void;
  handle?: NodeJS.Timeout;
}

/** The longest delay that setTimeout takes: 2^31 - 1 ms, 24.8 days. A longer one would fire at once. */
const longestDelay = 2_147_483_647;

export function createTimers(clock: Clock): Timers {
  const pending = new Set<Timer>();

  const arm = (timer: Timer): void => {
    clearTimeout(timer.handle);
    const delay = Math.min(Math.max(timer.time - clock.now(), 0), longestDelay);
    timer.handle = setTimeout(() => {
      if (clock.now() < timer.time) return arm(timer);
      pending.delete(timer);
      timer.action();
    }, delay);
  };
  const unsubscribe = clock.onAdvance(() => {
    // In order of time, so that what is overdue fires in the order in which it was due.
    for (const timer of [...pending].sort((a, b) => a.time - b.time)) arm(timer);
  });

  return {
    at(time, action) {
      const timer: Timer = { time, action };
      pending.add(timer);
      arm(timer);
      return () => {
        clearTimeout(timer.handle);
        pending.delete(timer);
      };
    },
    stop() {
      unsubscribe();
      for (const timer of pending) clearTimeout(timer.handle);
      pending.clear();
    },
  };
}
