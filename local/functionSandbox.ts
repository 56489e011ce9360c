import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import { FunctionError } from './functionError.ts';
import type { Invocation, WorkerMessage, WorkerSetup } from './functionMessages.ts';

/**
 * One running copy of a function. Unlike a sandbox on Lambda it takes several invocations at a time; a timeout
 * therefore retires it, and it ends when the other invocations are done.
 */
export interface FunctionSandbox {
  /** Milliseconds since the epoch: when its credentials run out. */
  readonly expiresAt: number;
  /** False once it crashed, timed out or was retired. */
  usable(): boolean;
  run(invocationId: string, payload: string): Promise<string>;
  /** Takes no further invocation and ends after those under way. */
  retire(): Promise<void>;
  /** Ends at once; invocations under way fail. */
  terminate(): Promise<void>;
}

export interface SandboxOptions {
  functionName: string;
  functionArn: string;
  bundle: string;
  timeoutSeconds: number;
  expiresAt: number;
  environment: Record<string, string>;
  clock: Clock;
  onLog: (line: string) => void;
}

interface Pending {
  resolve(payload: string): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

const memoryMegabytes = 512;

/** Starts a worker and waits until its module is loaded; rejects with the error that loading met. */
export async function startSandbox(options: SandboxOptions): Promise<FunctionSandbox> {
  const worker = startWorker(options);
  const pending = new Map<string, Pending>();
  let usable = true;
  let crash: Error | undefined;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  const settle = (invocationId: string): Pending | undefined => {
    const waiting = pending.get(invocationId);
    pending.delete(invocationId);
    clearTimeout(waiting?.timer);
    if (!usable && pending.size === 0) void worker.terminate();
    return waiting;
  };

  const retire = (): Promise<void> => {
    usable = false;
    // Not at once: an invocation that was just given this sandbox is about to enter it.
    setImmediate(() => pending.size === 0 && worker.terminate());
    return exited;
  };

  worker.on('error', (error) => {
    crash = error instanceof Error ? error : new Error(String(error));
    options.onLog(crash.stack ?? crash.message);
  });
  worker.once('exit', (exitCode) => {
    usable = false;
    for (const invocationId of pending.keys()) {
      settle(invocationId)?.reject(exitError(invocationId, exitCode, crash));
    }
  });
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'answer') settle(message.invocationId)?.resolve(message.payload);
    if (message.kind === 'failure') settle(message.invocationId)?.reject(failureError(message.failure));
  });
  try {
    await loaded(worker);
  } catch (error) {
    await worker.terminate();
    throw error;
  }

  return {
    expiresAt: options.expiresAt,
    usable: () => usable,
    retire,
    async terminate() {
      usable = false;
      await worker.terminate();
    },
    run(invocationId, payload) {
      const timeoutMilliseconds = options.timeoutSeconds * 1000;
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timer = setTimeout(() => {
        settle(invocationId)?.reject(timeoutError(invocationId, options.timeoutSeconds));
        void retire();
      }, timeoutMilliseconds);
      pending.set(invocationId, { resolve, reject, timer });
      worker.postMessage({ invocationId, payload, timeoutMilliseconds } satisfies Invocation);
      return promise;
    },
  };
}

function startWorker(options: SandboxOptions): Worker {
  const setup: WorkerSetup = {
    bundle: options.bundle,
    clockOffset: options.clock.offset,
    functionName: options.functionArn.split(':').at(-1) ?? '',
    functionArn: options.functionArn,
    memoryMegabytes,
  };
  const worker = new Worker(new URL('./functionWorker.ts', import.meta.url), {
    name: options.functionName,
    // Half of a cold start would be compiling, TypeScript first. Beside the bundle, so that it goes when that goes.
    env: { ...options.environment, NODE_COMPILE_CACHE: join(dirname(options.bundle), 'compiled') },
    workerData: setup,
    // Not this process's flags: a debugger or a loader of the server is none of the function's business.
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
  });
  for (const stream of [worker.stdout, worker.stderr]) onLine(stream, options.onLog);
  return worker;
}

function onLine(stream: Readable, listener: (line: string) => void): void {
  createInterface({ input: stream }).on('line', listener);
}

function loaded(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const exitedEarly = (exitCode: number): void =>
      reject(
        new FunctionError(
          'Runtime.ExitError',
          `Runtime exited before the handler was loaded: exit status ${exitCode}`,
        ),
      );
    worker.once('exit', exitedEarly);
    worker.once('message', (message: WorkerMessage) => {
      worker.off('exit', exitedEarly);
      if (message.kind === 'broken') reject(failureError(message.failure));
      else resolve();
    });
  });
}

const failureError = (failure: { errorType: string; errorMessage: string }): FunctionError =>
  new FunctionError(failure.errorType, failure.errorMessage);

const timeoutError = (invocationId: string, seconds: number): FunctionError =>
  new FunctionError(
    'Sandbox.Timedout',
    `RequestId: ${invocationId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  );

function exitError(invocationId: string, exitCode: number, crash: Error | undefined): FunctionError {
  const outOfMemory = crash !== undefined && 'code' in crash && crash.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory
    ? new FunctionError(
        'Runtime.OutOfMemory',
        `RequestId: ${invocationId} Error: Runtime exited with error: signal: killed`,
      )
    : new FunctionError(
        'Runtime.ExitError',
        `RequestId: ${invocationId} Error: Runtime exited with error: exit status ${exitCode}`,
      );
}
