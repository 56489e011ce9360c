/** What crosses between the function host and a function's worker thread; payloads are JSON text, as on Lambda. */
export interface WorkerSetup {
  bundle: string;
  clockOffset: SharedArrayBuffer;
  functionName: string;
  functionArn: string;
  memoryMegabytes: number;
}

export interface Invocation {
  invocationId: string;
  payload: string;
  /** Milliseconds of real time that the invocation may take. */
  timeoutMilliseconds: number;
}

/** As in AWS's own error answer of a function. */
export interface FunctionFailure {
  errorType: string;
  errorMessage: string;
}

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'broken'; failure: FunctionFailure }
  | { kind: 'answer'; invocationId: string; payload: string }
  | { kind: 'failure'; invocationId: string; failure: FunctionFailure };
