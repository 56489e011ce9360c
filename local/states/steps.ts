import type { ChoiceState, Definition, TaskState } from './definition.ts';
import type { ExecutionRecord, Phase, Position } from './executionRecord.ts';
import type { Bindings, FieldsTemplate, Template } from './expressions.ts';
import { entryOf, type HistoryEntry } from './history.ts';
import { matches, retryDelay } from './retry.ts';
import { dataLimitExceeded, type Failure, fitsPayload, StatesError } from './statesError.ts';

/** What an execution does next: stay in its state in another phase, go to a state, or be over. */
export type Step =
  | { to: 'phase'; phase: Phase; entries: HistoryEntry[]; retries?: number[] }
  | { to: 'state'; name: string; input: unknown; assigned?: Record<string, unknown>; entries: HistoryEntry[] }
  | { to: 'success'; output: unknown; entries: HistoryEntry[] }
  | { to: 'failure'; failure: Failure; entries: HistoryEntry[] };

/** What a step depends on besides the execution itself. */
export interface Surroundings {
  definition: Definition;
  machine: { arn: string; name: string; region: string };
  executionArn: string;
  now: number;
  /** From 0 up to 1, for jitter. */
  random: number;
  createToken(): string;
}

interface Scene {
  record: ExecutionRecord;
  position: Position;
  around: Surroundings;
}

/**
 * The next step of an execution whose phase needs nothing from outside (`entered`, `answered`, `failed`). Failures
 * of evaluation become the phase `failed`, where Retry and Catch see them.
 */
export async function nextStep(
  record: ExecutionRecord,
  position: Position,
  around: Surroundings,
): Promise<Step> {
  const scene = { record, position, around };
  const state = around.definition.states.get(position.state);
  if (!state) return unrecoverable(`The state machine has no state ${position.state}.`);
  try {
    if (state.type === 'Choice') return await choose(scene, state);
    if (position.phase.kind === 'answered') {
      const { result } = position.phase;
      return await leave(scene, state, { fields: { result }, templates: state, output: result });
    }
    if (position.phase.kind === 'failed') return await recover(scene, state, position.phase.failure);
    return await schedule(scene, state);
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return failedStep(scene, error);
  }
}

function failedStep({ position }: Scene, { failure, location }: StatesError): Step {
  const entries = location ? [entryOf.evaluationFailed(position.state, failure, location)] : [];
  // A Choice has no Catch, and a catcher's own failure is not caught again.
  const uncaught = position.phase.kind === 'failed';
  if (uncaught) return { to: 'failure', failure, entries };
  return { to: 'phase', phase: { kind: 'failed', failure }, entries };
}

function unrecoverable(cause: string): Step {
  return { to: 'failure', failure: { error: 'States.Runtime', cause }, entries: [] };
}

async function choose(scene: Scene, state: ChoiceState): Promise<Step> {
  const { position } = scene;
  if (position.phase.kind === 'failed')
    return { to: 'failure', failure: position.phase.failure, entries: [] };
  const next = await chosen(scene, state);
  const exited = entryOf.stateExited('Choice', { name: position.state, output: position.input });
  return { to: 'state', name: next, input: position.input, entries: [exited] };
}

async function chosen(scene: Scene, state: ChoiceState): Promise<string> {
  for (const rule of state.rules) {
    const met = await rule.condition(bindings(scene, {}));
    if (typeof met !== 'boolean') throw evaluationError('A Condition must be true or false.', 'Condition');
    if (met) return rule.next;
  }
  if (state.otherwise !== undefined) return state.otherwise;
  const cause = 'No choice rule matched, and there is no Default.';
  throw new StatesError({ error: 'States.NoChoiceMatched', cause });
}

async function schedule(scene: Scene, state: TaskState): Promise<Step> {
  const { around } = scene;
  const taskToken = state.resource.waitsForTaskToken ? around.createToken() : undefined;
  const input = await state.arguments(bindings(scene, {}, taskToken));
  requirePayloadSize(input, 'The input of the task');
  const timeoutSeconds = requireTimeout(await state.timeoutSeconds(bindings(scene, {})));
  const wait = taskToken && { taskToken, deadline: around.now + timeoutSeconds * 1000 };
  return {
    to: 'phase',
    phase: { kind: 'calling', input, timeoutSeconds, ...(wait && { wait }) },
    entries: [
      entryOf.taskScheduled(state.resource, { region: around.machine.region, input, timeoutSeconds }),
      entryOf.taskStarted(state.resource),
    ],
  };
}

function requireTimeout(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 99_999_999) return value;
  throw evaluationError('TimeoutSeconds must be a whole number from 1 to 99999999.', 'TimeoutSeconds');
}

function requirePayloadSize(value: unknown, what: string): void {
  if (!fitsPayload(value)) throw new StatesError(dataLimitExceeded(what));
}

function evaluationError(cause: string, location: string): StatesError {
  return new StatesError({ error: 'States.QueryEvaluationError', cause }, location);
}

async function recover(scene: Scene, state: TaskState, failure: Failure): Promise<Step> {
  const { position, around } = scene;
  const index = state.retriers.findIndex((retrier) => matches(retrier.ErrorEquals, failure));
  const retrier = state.retriers[index];
  const used = position.retries[index] ?? 0;
  const delay = retrier && retryDelay(retrier, used, around.random);
  if (delay !== undefined) {
    const retries = state.retriers.map((_, at) => (position.retries[at] ?? 0) + (at === index ? 1 : 0));
    return { to: 'phase', phase: { kind: 'backingOff', until: around.now + delay }, entries: [], retries };
  }
  const catcher = state.catchers.find(({ ErrorEquals }) => matches(ErrorEquals, failure));
  if (!catcher) return { to: 'failure', failure, entries: [] };
  const errorOutput = { Error: failure.error, ...(failure.cause !== undefined && { Cause: failure.cause }) };
  return leave(scene, state, { fields: { errorOutput }, templates: catcher, output: errorOutput });
}

interface Outcome {
  /** What `$states` has besides input and context. */
  fields: Record<string, unknown>;
  templates: { assign?: FieldsTemplate; output?: Template; next?: string };
  /** The state's output where it has no Output field. */
  output: unknown;
}

/** Assign and Output both see the variables as they were before. */
async function leave(scene: Scene, state: TaskState, outcome: Outcome): Promise<Step> {
  const { templates } = outcome;
  const seen = bindings(scene, outcome.fields);
  const assigned = await templates.assign?.(seen);
  const output = templates.output ? await templates.output(seen) : outcome.output;
  requirePayloadSize(assigned ?? {}, 'What the state assigns');
  requirePayloadSize(output, 'The output of the state');
  const entries = [entryOf.stateExited(state.type, { name: scene.position.state, output, assigned })];
  if (templates.next === undefined) return { to: 'success', output, entries };
  return { to: 'state', name: templates.next, input: output, ...(assigned && { assigned }), entries };
}

function bindings(scene: Scene, fields: Record<string, unknown>, taskToken?: string): Bindings {
  const { record, position, around } = scene;
  const context = {
    Execution: {
      Id: around.executionArn,
      Input: JSON.parse(record.input),
      Name: record.name,
      StartTime: new Date(record.startedAt).toISOString(),
      RedriveCount: 0,
    },
    State: {
      Name: position.state,
      EnteredTime: new Date(position.enteredAt).toISOString(),
      RetryCount: position.retries.reduce((sum, used) => sum + used, 0),
    },
    StateMachine: { Id: around.machine.arn, Name: around.machine.name },
    ...(taskToken !== undefined && { Task: { Token: taskToken } }),
  };
  return { ...record.variables, states: { input: position.input, ...fields, context } };
}
