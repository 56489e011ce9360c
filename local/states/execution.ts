import type { TaskState } from './definition.ts';
import type { ExecutionRecord, Phase, Position, Wait } from './executionRecord.ts';
import { entryOf } from './history.ts';
import { type Change, enter, follow, type Machine, stay, waitOf } from './progress.ts';
import { dataLimitExceeded, type Failure, fitsPayload } from './statesError.ts';
import { nextStep } from './steps.ts';

/** One execution that is not over. Every change is in the store before anything follows from it. */
export interface Execution {
  readonly record: ExecutionRecord;
  /** Goes on from where the record stands, until the execution is over or the machine is stopped. */
  run(): void;
  /** Takes the answer to a task token. False if the execution does not wait for it, or no longer. */
  answer(taskToken: string, answer: Answer): boolean;
  /** Forgets the call or wait under way; the record still knows it. */
  stop(): Promise<void>;
}

export type Answer = { result: unknown } | { failure: Failure };

/** The longest delay of setTimeout, in milliseconds. */
const longestDelay = 2_147_483_647;

/** Opens an execution that is new. */
export function openExecution(machine: Machine, opening: { name: string; input: string }): Execution {
  const record: ExecutionRecord = {
    ...opening,
    status: 'RUNNING',
    startedAt: machine.clock.now(),
    events: 0,
    variables: {},
  };
  enter(machine, record, {
    name: machine.definition.startAt,
    input: JSON.parse(opening.input),
    entries: [entryOf.executionStarted(opening.input)],
  });
  return resumeExecution(machine, record);
}

/** An execution that the store has. */
export function resumeExecution(machine: Machine, record: ExecutionRecord): Execution {
  /** The call or the wait under way. Whoever settles it takes it away; the others then come too late. */
  let pending: { cancel(): void } | undefined;
  let course = Promise.resolve();

  const settle: Settle = (change) => {
    pending?.cancel();
    pending = undefined;
    stay(machine, record, change);
    run();
  };
  const suspend = (task: TaskState, phase: Suspended): void => {
    const mine = { cancel: () => {} };
    pending = mine;
    mine.cancel = begin(machine, task, phase, (change) => {
      if (pending === mine && machine.isRunning()) settle(change);
    });
  };
  const run = (): void => {
    course = course.then(async () => {
      while (machine.isRunning() && !pending && record.position) {
        const { phase } = record.position;
        const task = taskOf(machine, record);
        if (task && isSuspended(phase)) suspend(task, phase);
        else await takeStep(machine, record, record.position);
      }
    });
  };
  return {
    record,
    run,
    answer(taskToken, answer) {
      const wait = waitOf(record.position?.phase);
      const task = taskOf(machine, record);
      if (!task || wait?.taskToken !== taskToken || machine.clock.now() >= wait.deadline) return false;
      settle(answered(task, answer));
      return true;
    },
    async stop() {
      pending?.cancel();
      pending = undefined;
      await course;
    },
  };
}

type Settle = (change: Change) => void;

/** A phase that ends by something from outside: a task's answer, a task token's, or time. */
type Suspended = Extract<Phase, { kind: 'calling' } | { kind: 'waiting' } | { kind: 'backingOff' }>;
type Calling = Extract<Phase, { kind: 'calling' }>;

function isSuspended(phase: Phase): phase is Suspended {
  return phase.kind === 'calling' || phase.kind === 'waiting' || phase.kind === 'backingOff';
}

/** Begins what the phase is for; `settle` is told how it ended. Returns what cancels its timer. */
function begin(machine: Machine, task: TaskState, phase: Suspended, settle: Settle): () => void {
  if (phase.kind === 'backingOff')
    return machine.timers.at(phase.until, () => settle({ phase: { kind: 'entered' }, entries: [] }));
  if (phase.kind === 'waiting') return machine.timers.at(phase.wait.deadline, () => settle(timedOut(task)));
  return call(machine, task, phase, settle);
}

function call(machine: Machine, task: TaskState, phase: Calling, settle: Settle): () => void {
  const { wait } = phase;
  task.resource
    .call(machine.tasks, phase.input)
    .then((result: unknown): unknown => JSON.parse(JSON.stringify(result)))
    .then(
      (result) => settle(wait ? submitted(task, wait, result) : answered(task, { result })),
      (thrown: unknown) => settle(answered(task, { failure: task.resource.failureOf(thrown) })),
    );
  const expire = (): void => settle(timedOut(task));
  if (wait) return machine.timers.at(wait.deadline, expire);
  // A function works in real time, so its limit is real time too: moving the clock must not fail what has hardly begun.
  const timer = setTimeout(expire, Math.min(phase.timeoutSeconds * 1000, longestDelay));
  return () => clearTimeout(timer);
}

function submitted({ resource }: TaskState, wait: Wait, result: unknown): Change {
  return { phase: { kind: 'waiting', wait }, entries: [entryOf.taskSubmitted(resource, result)] };
}

function answered({ resource }: TaskState, answer: Answer): Change {
  if ('result' in answer && fitsPayload(answer.result))
    return {
      phase: { kind: 'answered', result: answer.result },
      entries: [entryOf.taskSucceeded(resource, answer.result)],
    };
  const failure = 'failure' in answer ? answer.failure : dataLimitExceeded('The result of the task');
  return { phase: { kind: 'failed', failure }, entries: [entryOf.taskFailed(resource, failure)] };
}

function timedOut({ resource }: TaskState): Change {
  const failure = { error: 'States.Timeout' };
  return { phase: { kind: 'failed', failure }, entries: [entryOf.taskTimedOut(resource, failure)] };
}

/** Undefined in a Choice, and where a later definition has no such state: the next step fails for want of it. */
function taskOf({ definition }: Machine, { position }: ExecutionRecord): TaskState | undefined {
  const state = definition.states.get(position?.state ?? '');
  return state?.type === 'Task' ? state : undefined;
}

async function takeStep(machine: Machine, record: ExecutionRecord, position: Position): Promise<void> {
  const step = await nextStep(record, position, {
    definition: machine.definition,
    machine,
    executionArn: machine.executionArn(record.name),
    now: machine.clock.now(),
    random: machine.random(),
    createToken: () => machine.tokens.create(),
  });
  if (machine.isRunning()) follow(machine, record, step);
}
