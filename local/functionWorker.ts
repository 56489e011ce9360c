import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { installOffset } from './clock.ts';
import type { FunctionFailure, Invocation, WorkerMessage, WorkerSetup } from './functionMessages.ts';

/** One Lambda function in a worker thread. The clock comes first, so that not even an import sees real time. */
const setup: WorkerSetup = workerData;
installOffset(setup.clockOffset);
// For this thread's start, which is over, and no setting of the function.
delete process.env.NODE_COMPILE_CACHE;

type Handler = (event: unknown, context: object) => unknown;

const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

const failureOf = (error: unknown): FunctionFailure =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: 'Error', errorMessage: String(error) };

const stackOf = (error: unknown): string[] =>
  error instanceof Error ? (error.stack?.split('\n').slice(1, 6) ?? []) : [];

const handler = await loadHandler();
if (handler) {
  parentPort?.on('message', (invocation: Invocation) => void run(handler, invocation));
  post({ kind: 'ready' });
}

async function loadHandler(): Promise<Handler | undefined> {
  try {
    const bundle: { handler?: unknown } = await import(pathToFileURL(setup.bundle).href);
    if (isHandler(bundle.handler)) return bundle.handler;
    const errorMessage = 'index.handler is undefined or not exported';
    post({ kind: 'broken', failure: { errorType: 'Runtime.HandlerNotFound', errorMessage } });
  } catch (error) {
    console.error(error);
    post({ kind: 'broken', failure: failureOf(error) });
  }
  return undefined;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

async function run(handle: Handler, invocation: Invocation): Promise<void> {
  const { invocationId } = invocation;
  try {
    const result = await handle(JSON.parse(invocation.payload), contextOf(invocation));
    // Lambda answers `null` for a handler that returns nothing.
    post({ kind: 'answer', invocationId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    const failure = failureOf(error);
    // The runtime logs an unhandled error on Lambda too: what a handler throws is never a secret place.
    console.error('Invoke Error', JSON.stringify({ ...failure, stack: stackOf(error) }));
    post({ kind: 'failure', invocationId, failure });
  }
}

function contextOf({ invocationId, timeoutMilliseconds }: Invocation): object {
  // Real time, not the moved clock: a function's timeout is counted in real time.
  const deadline = performance.now() + timeoutMilliseconds;
  return {
    awsRequestId: invocationId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    invokedFunctionArn: setup.functionArn,
    logGroupName: `/aws/lambda/${setup.functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: String(setup.memoryMegabytes),
  };
}
