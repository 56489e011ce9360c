import { AwsError } from '../aws/awsError.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';
import { parseDefinition } from './definition.ts';
import { type Answer, type Execution, openExecution, resumeExecution } from './execution.ts';
import type { ExecutionRecord, ExecutionStatus } from './executionRecord.ts';
import { createHistories, type HistoryEvent, type HistoryRequest } from './history.ts';
import type { Machine } from './progress.ts';
import { requireInput, requireLength, requireName, requireOutput } from './requests.ts';
import type { TaskRunner } from './resources.ts';
import { createTimers } from './timers.ts';
import { createTokens } from './tokens.ts';

export type { TaskRunner } from './resources.ts';

export interface StateMachineOptions {
  arn: string;
  /** The Amazon States Language definition, parsed and with its substitutions made. */
  definition: unknown;
  tasks: TaskRunner;
  store: Store;
  clock: Clock;
  /** Called after each state that an execution (by name) enters. */
  onTransition?: (entry: { execution: string; state: string }) => void;
  /** From 0 up to 1, for jitter; Math.random unless given. */
  random?: () => number;
}

/**
 * A Standard state machine and its executions: the part of Step Functions that Countersign uses. Requests that
 * AWS would refuse raise an AwsError with AWS's code. Executions outlive the process: everything is in the store.
 */
export interface StateMachine {
  readonly arn: string;
  startExecution(request: { name: string; input: string }): { executionArn: string; startDate: Date };
  sendTaskSuccess(request: { taskToken: string; output: string }): void;
  sendTaskFailure(request: {
    taskToken: string;
    error?: string | undefined;
    cause?: string | undefined;
  }): void;
  describeExecution(request: { executionArn: string }): ExecutionDescription;
  getExecutionHistory(request: HistoryRequest & { executionArn: string }): {
    events: HistoryEvent[];
    nextToken?: string;
  };
  /** Newest first. */
  listExecutions(request: { statusFilter?: string | undefined }): { executions: ExecutionSummary[] };
  /** Lets executions run: those that the store holds and those that are started from now on. */
  start(): void;
  /** Stops after the steps under way. Tasks under way are abandoned, and made again after the next start. */
  stop(): Promise<void>;
}

interface ExecutionSummary {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  startDate: Date;
  stopDate?: Date;
}

interface ExecutionDescription extends ExecutionSummary {
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

/** Throws an Error if the definition has anything that this interpreter does not know. */
export function createStateMachine(options: StateMachineOptions): StateMachine {
  let running = false;
  const open = new Map<string, Execution>();
  const machine = assemble(options, { isRunning: () => running, onClosed: (name) => open.delete(name) });
  for (const [name, record] of machine.records.entries())
    if (record.status === 'RUNNING') open.set(name, resumeExecution(machine, record));

  const recordOf = (executionArn: string): ExecutionRecord => {
    const prefix = machine.executionArn('');
    const name = executionArn.startsWith(prefix) ? executionArn.slice(prefix.length) : '';
    const record = open.get(name)?.record ?? machine.records.get(name);
    if (!record) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return record;
  };
  const answer = (taskToken: string, given: Answer): void => {
    const execution = open.get(machine.tokens.executionOf(taskToken));
    if (!execution?.answer(taskToken, given))
      throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  };

  return {
    arn: machine.arn,
    startExecution({ name, input }) {
      requireName(name);
      requireInput(input);
      const executionArn = machine.executionArn(name);
      const known = machine.records.get(name);
      if (known && (known.status !== 'RUNNING' || known.input !== input))
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      if (known) return { executionArn, startDate: new Date(known.startedAt) };
      const execution = openExecution(machine, { name, input });
      open.set(name, execution);
      execution.run();
      return { executionArn, startDate: new Date(execution.record.startedAt) };
    },
    sendTaskSuccess: ({ taskToken, output }) => answer(taskToken, { result: requireOutput(output) }),
    sendTaskFailure({ taskToken, error = 'States.TaskFailed', cause }) {
      requireLength('error', error, 256);
      requireLength('cause', cause ?? '', 32_768);
      answer(taskToken, { failure: { error, ...(cause !== undefined && { cause }) } });
    },
    describeExecution: ({ executionArn }) => describe(machine, recordOf(executionArn)),
    getExecutionHistory: ({ executionArn, ...request }) =>
      machine.histories.page(recordOf(executionArn).name, request),
    listExecutions: ({ statusFilter }) => ({
      executions: machine.records
        .entries()
        .map(([, record]) => summarise(machine, record))
        .filter(({ status }) => statusFilter === undefined || status === statusFilter)
        .sort((a, b) => b.startDate.getTime() - a.startDate.getTime()),
    }),
    start() {
      running = true;
      for (const execution of open.values()) execution.run();
    },
    async stop() {
      running = false;
      machine.timers.stop();
      await Promise.all([...open.values()].map((execution) => execution.stop()));
    },
  };
}

function assemble(options: StateMachineOptions, own: Pick<Machine, 'isRunning' | 'onClosed'>): Machine {
  const { arn, store, clock, tasks, random = Math.random } = options;
  const [, , , region, account, , name] = arn.split(':');
  if (!region || !account || !name) throw new Error(`This is no state machine's ARN: ${arn}`);
  return {
    ...own,
    arn,
    name,
    region,
    definition: parseDefinition(options.definition),
    tasks,
    store,
    clock,
    random,
    records: store.table('states/executions'),
    histories: createHistories(store),
    tokens: createTokens(store),
    timers: createTimers(clock),
    executionArn: (execution) => `arn:aws:states:${region}:${account}:execution:${name}:${execution}`,
    onEntered: (execution, state) => options.onTransition?.({ execution, state }),
  };
}

function summarise(machine: Machine, record: ExecutionRecord): ExecutionSummary {
  return {
    executionArn: machine.executionArn(record.name),
    stateMachineArn: machine.arn,
    name: record.name,
    status: record.status,
    startDate: new Date(record.startedAt),
    ...(record.stoppedAt !== undefined && { stopDate: new Date(record.stoppedAt) }),
  };
}

function describe(machine: Machine, record: ExecutionRecord): ExecutionDescription {
  return {
    ...summarise(machine, record),
    input: record.input,
    ...(record.output !== undefined && { output: record.output }),
    ...record.failure,
  };
}
