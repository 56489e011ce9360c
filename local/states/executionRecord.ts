import type { Failure } from './statesError.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** All that is known of one execution; written to the store with every change. Times are in milliseconds. */
export interface ExecutionRecord {
  name: string;
  /** JSON text, as given to StartExecution. */
  input: string;
  status: ExecutionStatus;
  startedAt: number;
  stoppedAt?: number;
  /** JSON text. */
  output?: string;
  failure?: Failure;
  /** Events in the history so far. */
  events: number;
  variables: Record<string, unknown>;
  /** Where the execution stands; absent once it is over. */
  position?: Position;
}

export interface Position {
  state: string;
  input: unknown;
  enteredAt: number;
  /** Retries so far by each retrier of the state, in its order. They count anew when the state is entered again. */
  retries: number[];
  phase: Phase;
}

/** What is to be done next in the state. */
export type Phase =
  | { kind: 'entered' }
  /** The task's call is under way, or was when the server stopped: then it is made again. */
  | { kind: 'calling'; input: Record<string, unknown>; timeoutSeconds: number; wait?: Wait }
  | { kind: 'waiting'; wait: Wait }
  | { kind: 'backingOff'; until: number }
  | { kind: 'answered'; result: unknown }
  | { kind: 'failed'; failure: Failure };

export interface Wait {
  taskToken: string;
  deadline: number;
}
