const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does what takes a while. A signal that would end the process ends this work first: `work` has its `AbortSignal`, tidies up and returns, and
 * then the signal has its effect, so that the shell knows of it.
 */
export async function untilInterrupted<Result>(
  work: (interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interruption = new AbortController();
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    received ??= signal;
    interruption.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of signals) process.removeListener(signal, interrupt);
    if (received) process.kill(process.pid, received);
  }
}
