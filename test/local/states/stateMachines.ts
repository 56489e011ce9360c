import { vi } from 'vitest';
import { AwsError } from '../../../local/aws/awsError.ts';
import { type Clock, createClock } from '../../../local/clock.ts';
import type { HistoryEvent } from '../../../local/states/history.ts';
import {
  createStateMachine,
  type StateMachine,
  type StateMachineOptions,
  type TaskRunner,
} from '../../../local/states/stateMachine.ts';
import { openStore, type Store } from '../../../local/store.ts';

export const arn = 'arn:aws:states:us-east-1:999988887777:stateMachine:test';
const lambdaInvoke = 'arn:aws:states:::lambda:invoke';
export const updateItemWithToken = 'arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken';

/** A task state that invokes `f` with the state's input. */
export const invoke = (rest: object): object => ({
  Type: 'Task',
  Resource: lambdaInvoke,
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  TimeoutSeconds: 60,
  ...rest,
});

/** A task state that leaves its token with UpdateItem and waits. */
export const awaitToken = (rest: object): object => ({
  Type: 'Task',
  Resource: updateItemWithToken,
  Arguments: { TableName: 't', ExpressionAttributeValues: { ':token': '{% $states.context.Task.Token %}' } },
  TimeoutSeconds: 3600,
  ...rest,
});

export const machineDefinition = (states: Record<string, object>, rest: object = {}): object => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...rest,
});

export interface Bench {
  machine: StateMachine;
  clock: Clock;
  store: Store;
  /** States entered, in order. */
  entered: string[];
  /** Starts an execution and waits until it is over. */
  run: (input?: unknown) => Promise<ReturnType<StateMachine['describeExecution']>>;
  start: (input?: unknown) => string;
  over: (executionArn: string) => Promise<ReturnType<StateMachine['describeExecution']>>;
  history: (executionArn: string) => HistoryEvent[];
}

let count = 0;

/** A running state machine on a store and a clock of its own, unless given. */
export function bench(
  definition: object,
  tasks: Partial<TaskRunner>,
  options: Partial<StateMachineOptions> = {},
): Bench {
  const clock = options.clock ?? createClock();
  const store = options.store ?? openStore();
  const entered: string[] = [];
  const machine = createStateMachine({
    arn,
    definition,
    tasks: { invokeFunction: unexpected, updateItem: unexpected, ...tasks },
    onTransition: ({ state }) => entered.push(state),
    ...options,
    store,
    clock,
  });
  machine.start();
  const start = (input: unknown = {}): string =>
    machine.startExecution({ name: `run-${++count}`, input: JSON.stringify(input) }).executionArn;
  const over = (executionArn: string) =>
    vi.waitFor(
      () => {
        const description = machine.describeExecution({ executionArn });
        if (description.status === 'RUNNING') throw new Error('still running');
        return description;
      },
      { timeout: 25_000, interval: 2 },
    );
  return {
    machine,
    clock,
    store,
    entered,
    start,
    over,
    run: (input) => over(start(input)),
    history: (executionArn) => wholeHistory(machine, executionArn),
  };
}

async function unexpected(): Promise<never> {
  throw new Error('not expected to be called');
}

function wholeHistory(machine: StateMachine, executionArn: string): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = machine.getExecutionHistory({ executionArn, maxResults: 1000, nextToken });
    events.push(...page.events);
    nextToken = page.nextToken;
  } while (nextToken);
  return events;
}

/** An error as a function or a service reports it. */
export function errorNamed(name: string, message = name): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** Answers in turn; errors are thrown. Records what it was called with. */
export function script(...answers: unknown[]): {
  (...call: unknown[]): Promise<unknown>;
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const scripted = async (...call: unknown[]): Promise<unknown> => {
    calls.push(call);
    if (answers.length === 0) throw new Error('the script is over');
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return Object.assign(scripted, { calls });
}

/** Waits until the function has been called so often; the arguments of the last call. */
export async function callOf(scripted: { calls: unknown[][] }, number: number): Promise<unknown[]> {
  return vi.waitFor(
    () => {
      const call = scripted.calls[number - 1];
      if (!call) throw new Error(`called ${scripted.calls.length} times`);
      return call;
    },
    { timeout: 25_000, interval: 2 },
  );
}

/** The token that the call of UpdateItem left. */
export function tokenIn([input]: unknown[]): string {
  const found = /[A-Za-z0-9+/]{128}/.exec(JSON.stringify(input));
  if (!found) throw new Error('no task token in the call');
  return found[0];
}

/** The AWS error code that the call raises, or `none`. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    throw error;
  }
  return 'none';
}
