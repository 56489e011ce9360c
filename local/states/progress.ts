import type { Clock } from '../clock.ts';
import type { Store, StoreTable } from '../store.ts';
import type { Definition } from './definition.ts';
import type { ExecutionRecord, Phase, Wait } from './executionRecord.ts';
import { entryOf, type Histories, type HistoryEntry, historyLimit } from './history.ts';
import type { TaskRunner } from './resources.ts';
import type { Step } from './steps.ts';
import type { Timers } from './timers.ts';
import type { Tokens } from './tokens.ts';

/** What all executions of a state machine share. */
export interface Machine {
  arn: string;
  name: string;
  region: string;
  definition: Definition;
  tasks: TaskRunner;
  store: Store;
  records: StoreTable<ExecutionRecord>;
  histories: Histories;
  tokens: Tokens;
  timers: Timers;
  clock: Clock;
  random(): number;
  executionArn(name: string): string;
  onEntered(execution: string, state: string): void;
  onClosed(execution: string): void;
  /** False before start and after stop: then no task is called, and what tasks answer is not heard. */
  isRunning(): boolean;
}

/** A change of phase within a state. */
export interface Change {
  phase: Phase;
  entries: HistoryEntry[];
  retries?: number[];
}

/** The wait for a task token that the phase is, or will come to. */
export function waitOf(phase: Phase | undefined): Wait | undefined {
  return phase?.kind === 'calling' || phase?.kind === 'waiting' ? phase.wait : undefined;
}

/** Takes a step. */
export function follow(machine: Machine, record: ExecutionRecord, step: Step): void {
  switch (step.to) {
    case 'phase':
      stay(machine, record, step);
      break;
    case 'state':
      record.variables = { ...record.variables, ...step.assigned };
      enter(machine, record, step);
      break;
    case 'success':
      record.output = JSON.stringify(step.output);
      close(machine, record, 'SUCCEEDED', [...step.entries, entryOf.executionSucceeded(step.output)]);
      break;
    case 'failure':
      record.failure = step.failure;
      close(machine, record, 'FAILED', [...step.entries, entryOf.executionFailed(step.failure)]);
      break;
  }
}

/** Stays in the state, in another phase. */
export function stay(machine: Machine, record: ExecutionRecord, change: Change): void {
  if (!record.position) return;
  record.position = {
    ...record.position,
    phase: change.phase,
    ...(change.retries && { retries: change.retries }),
  };
  commit(machine, record, change.entries);
}

/** Enters a state. */
export function enter(
  machine: Machine,
  record: ExecutionRecord,
  { name, input, entries }: { name: string; input: unknown; entries: HistoryEntry[] },
): void {
  const type = machine.definition.states.get(name)?.type ?? 'Task';
  record.position = {
    state: name,
    input,
    enteredAt: machine.clock.now(),
    retries: [],
    phase: { kind: 'entered' },
  };
  commit(machine, record, [...entries, entryOf.stateEntered(type, name, input)]);
  if (record.position) machine.onEntered(record.name, name);
}

function close(
  machine: Machine,
  record: ExecutionRecord,
  status: 'SUCCEEDED' | 'FAILED',
  entries: HistoryEntry[],
): void {
  record.status = status;
  record.stoppedAt = machine.clock.now();
  delete record.position;
  commit(machine, record, entries);
  machine.onClosed(record.name);
}

/** Writes the record and what happened to it as one. An execution whose history is full is over. */
function commit(machine: Machine, record: ExecutionRecord, entries: HistoryEntry[]): void {
  const room = historyLimit - 1 - record.events;
  if (record.status === 'RUNNING' && entries.length > room) {
    const cause = `The execution reached the maximum number of history events (${historyLimit}).`;
    record.failure = { error: 'States.Runtime', cause };
    close(machine, record, 'FAILED', [...entries.slice(0, room), entryOf.executionFailed(record.failure)]);
  } else machine.store.atomically(() => write(machine, record, entries));
}

function write(machine: Machine, record: ExecutionRecord, entries: HistoryEntry[]): void {
  const time = machine.clock.now();
  for (const entry of entries) {
    record.events += 1;
    machine.histories.append(record.name, record.events, entry, time);
  }
  const phase = record.position?.phase;
  if (phase?.kind === 'calling' && phase.wait) machine.tokens.remember(phase.wait.taskToken, record.name);
  machine.records.set(record.name, record);
}
