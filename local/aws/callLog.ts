import { roleNameOf } from './arn.ts';
import type { ServiceName } from './call.ts';
import type { AnsweredCall } from './dispatcher.ts';

/** A call that the endpoint answered. `principal` is the role's name. */
export interface RecordedCall {
  service: ServiceName;
  operation: string;
  principal?: string;
  sessionName?: string;
  /** Milliseconds since the epoch, by the virtual clock. */
  time: number;
  errorCode?: string;
}

export interface CallLog {
  add: (answered: AnsweredCall) => void;
  all: () => RecordedCall[];
  /** Returns the unsubscribe function. */
  onCall: (listener: (call: RecordedCall) => void) => () => void;
}

/** The calls since the start, for counting. */
export function createCallLog(): CallLog {
  const calls: RecordedCall[] = [];
  const listeners = new Set<(call: RecordedCall) => void>();
  return {
    all: () => [...calls],
    onCall(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    add({ session, ...answered }) {
      const principal = session && roleNameOf(session.roleArn);
      const call = {
        ...answered,
        ...(principal && session && { principal, sessionName: session.sessionName }),
      };
      calls.push(call);
      for (const listener of listeners) listener(call);
    },
  };
}
