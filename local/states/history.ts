import { AwsError } from '../aws/awsError.ts';
import type { Store } from '../store.ts';
import type { Failure } from './statesError.ts';

/** An event as GetExecutionHistory answers it, with the details of its type under the name AWS gives them. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: Date;
  type: string;
  [details: string]: unknown;
}

/** An event before it has a place in a history. */
export interface HistoryEntry {
  type: string;
  [details: string]: unknown;
}

/** Events that a history can have; the execution fails when it gets there (Step Functions quotas). */
export const historyLimit = 25_000;

const whole = { truncated: false };

interface TaskName {
  resourceType: string;
  resource: string;
}

/** Builds history entries. Values are given as such and stand in the history as JSON text, as on AWS. */
export const entryOf = {
  executionStarted: (input: string): HistoryEntry => ({
    type: 'ExecutionStarted',
    executionStartedEventDetails: { input, inputDetails: whole },
  }),
  executionSucceeded: (output: unknown): HistoryEntry => ({
    type: 'ExecutionSucceeded',
    executionSucceededEventDetails: { output: JSON.stringify(output), outputDetails: whole },
  }),
  executionFailed: (failure: Failure): HistoryEntry => ({
    type: 'ExecutionFailed',
    executionFailedEventDetails: failure,
  }),
  stateEntered: (type: 'Task' | 'Choice', name: string, input: unknown): HistoryEntry => ({
    type: `${type}StateEntered`,
    stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: whole },
  }),
  stateExited: (
    type: 'Task' | 'Choice',
    exit: { name: string; output: unknown; assigned?: Record<string, unknown> | undefined },
  ): HistoryEntry => ({
    type: `${type}StateExited`,
    stateExitedEventDetails: {
      name: exit.name,
      output: JSON.stringify(exit.output),
      outputDetails: whole,
      ...(exit.assigned && {
        assignedVariables: Object.fromEntries(
          Object.entries(exit.assigned).map(([name, value]) => [name, JSON.stringify(value)]),
        ),
        assignedVariablesDetails: whole,
      }),
    },
  }),
  taskScheduled: (
    { resourceType, resource }: TaskName,
    task: { region: string; input: unknown; timeoutSeconds: number },
  ): HistoryEntry => ({
    type: 'TaskScheduled',
    taskScheduledEventDetails: {
      resourceType,
      resource,
      region: task.region,
      parameters: JSON.stringify(task.input),
      timeoutInSeconds: task.timeoutSeconds,
    },
  }),
  taskStarted: ({ resourceType, resource }: TaskName): HistoryEntry => ({
    type: 'TaskStarted',
    taskStartedEventDetails: { resourceType, resource },
  }),
  taskSubmitted: ({ resourceType, resource }: TaskName, output: unknown): HistoryEntry => ({
    type: 'TaskSubmitted',
    taskSubmittedEventDetails: {
      resourceType,
      resource,
      output: JSON.stringify(output),
      outputDetails: whole,
    },
  }),
  taskSucceeded: ({ resourceType, resource }: TaskName, output: unknown): HistoryEntry => ({
    type: 'TaskSucceeded',
    taskSucceededEventDetails: {
      resourceType,
      resource,
      output: JSON.stringify(output),
      outputDetails: whole,
    },
  }),
  taskFailed: ({ resourceType, resource }: TaskName, failure: Failure): HistoryEntry => ({
    type: 'TaskFailed',
    taskFailedEventDetails: { resourceType, resource, ...failure },
  }),
  taskTimedOut: ({ resourceType, resource }: TaskName, failure: Failure): HistoryEntry => ({
    type: 'TaskTimedOut',
    taskTimedOutEventDetails: { resourceType, resource, ...failure },
  }),
  evaluationFailed: (state: string, failure: Failure, location: string): HistoryEntry => ({
    type: 'EvaluationFailed',
    evaluationFailedEventDetails: { ...failure, location, state },
  }),
};

/** The histories of all executions, one table each. */
export interface Histories {
  append(execution: string, id: number, entry: HistoryEntry, time: number): void;
  page(execution: string, request: HistoryRequest): { events: HistoryEvent[]; nextToken?: string };
}

export interface HistoryRequest {
  /** Default true; without, inputs, outputs, parameters and variables are left out. */
  includeExecutionData?: boolean | undefined;
  /** 1–1000; 0 or absent is 100. */
  maxResults?: number | undefined;
  nextToken?: string | undefined;
  reverseOrder?: boolean | undefined;
}

export function createHistories(store: Store): Histories {
  const tableOf = (execution: string) =>
    store.table<HistoryEntry & { time: number }>(`states/history/${execution}`);
  return {
    append: (execution, id, entry, time) =>
      tableOf(execution).set(String(id).padStart(5, '0'), { ...entry, time }),
    page(execution, request) {
      const from = startOfPage(request.nextToken);
      const count = pageSize(request.maxResults);
      const entries = tableOf(execution).entries();
      const ordered = request.reverseOrder ? entries.reverse() : entries;
      const events = ordered
        .slice(from, from + count)
        .map(([key, entry]) => eventOf(Number(key), entry, request.includeExecutionData ?? true));
      const more = from + count < ordered.length;
      return { events, ...(more && { nextToken: Buffer.from(String(from + count)).toString('base64') }) };
    },
  };
}

function pageSize(maxResults = 0): number {
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > 1000)
    throw new AwsError('ValidationException', "Value at 'maxResults' must be between 0 and 1000");
  return maxResults || 100;
}

function startOfPage(nextToken: string | undefined): number {
  if (nextToken === undefined) return 0;
  const text = Buffer.from(nextToken, 'base64').toString();
  if (!/^\d{1,5}$/.test(text)) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return Number(text);
}

const executionData = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

function eventOf(
  id: number,
  { time, ...entry }: HistoryEntry & { time: number },
  withData: boolean,
): HistoryEvent {
  const shown = Object.entries(entry).map(([key, value]) =>
    withData || value === null || typeof value !== 'object'
      ? [key, value]
      : [key, withoutExecutionData(value)],
  );
  return {
    ...Object.fromEntries(shown),
    type: entry.type,
    id,
    previousEventId: id - 1,
    timestamp: new Date(time),
  };
}

function withoutExecutionData(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([key]) => !executionData.has(key)));
}
