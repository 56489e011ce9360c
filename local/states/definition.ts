import * as z from 'zod';
import { compileTemplate, type Template } from './expressions.ts';
import type { Scope } from './references.ts';
import { type ResourceDefinition, resources } from './resources.ts';
import type { Retrier } from './retry.ts';

/** A state machine, checked and compiled. */
export interface Definition {
  startAt: string;
  states: ReadonlyMap<string, State>;
}

export type State = TaskState | ChoiceState;

export interface TaskState {
  type: 'Task';
  resource: ResourceDefinition;
  arguments: Template;
  timeoutSeconds: Template;
  output?: Template;
  assign?: Template;
  retriers: Retrier[];
  catchers: Catcher[];
  /** Absent where the execution ends. */
  next?: string;
}

export interface Catcher {
  ErrorEquals: string[];
  next: string;
  output?: Template;
  assign?: Template;
}

export interface ChoiceState {
  type: 'Choice';
  rules: { condition: Template; next: string }[];
  otherwise?: string;
}

const comment = { Comment: z.string().optional() };
const variables = z.record(z.string().regex(/^(?!states$)[A-Za-z_][A-Za-z0-9_]{0,79}$/), z.json()).optional();

/** `States.…` names that a retrier or catcher can wait for in vain are refused, as the interpreter never raises them. */
const errorEquals = z
  .array(
    z
      .string()
      .min(1)
      .refine((name) => !name.startsWith('States.') || reservedErrors.has(name), 'not an error known here'),
  )
  .min(1);
const reservedErrors = new Set([
  'States.ALL',
  'States.DataLimitExceeded',
  'States.QueryEvaluationError',
  'States.TaskFailed',
  'States.Timeout',
]);

const retrier = z
  .strictObject({
    ...comment,
    ErrorEquals: errorEquals,
    IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
    MaxAttempts: z.int().min(0).max(99_999_999).default(3),
    BackoffRate: z.number().min(1).default(2),
    MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
    JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  })
  .refine((it) => it.MaxDelaySeconds === undefined || it.MaxDelaySeconds > it.IntervalSeconds, {
    path: ['MaxDelaySeconds'],
    message: 'must be greater than IntervalSeconds',
  });
const catcher = z.strictObject({
  ...comment,
  ErrorEquals: errorEquals,
  Next: z.string(),
  Output: z.json().optional(),
  Assign: variables,
});
const task = z
  .strictObject({
    ...comment,
    Type: z.literal('Task'),
    Resource: z.enum(Object.keys(resources), { error: (issue) => `not supported: ${String(issue.input)}` }),
    Arguments: z.record(z.string(), z.json()),
    // Required, although AWS would wait 99,999,999 seconds without: no wait here is meant to be without a limit.
    TimeoutSeconds: z.union([z.int().min(1).max(99_999_999), z.string().startsWith('{%')]),
    Output: z.json().optional(),
    Assign: variables,
    Retry: z.array(retrier).default([]),
    Catch: z.array(catcher).default([]),
    Next: z.string().optional(),
    End: z.literal(true).optional(),
  })
  .refine((it) => (it.Next === undefined) === (it.End === true), 'needs either Next or End')
  .superRefine(refuseMisplacedAll)
  .superRefine(refuseUnknownArguments);
// Neither Assign nor Output: whether a Choice state's own apply when one of its rules matches, AWS's pages and the
// States Language specification say differently.
const choice = z.strictObject({
  ...comment,
  Type: z.literal('Choice'),
  Choices: z
    .array(z.strictObject({ ...comment, Condition: z.string().startsWith('{%'), Next: z.string() }))
    .min(1),
  Default: z.string().optional(),
});
const stateMachine = z.strictObject({
  ...comment,
  QueryLanguage: z.literal('JSONata'),
  StartAt: z.string(),
  States: z.record(
    z.string().min(1).max(80),
    z.discriminatedUnion('Type', [task, choice], {
      error: ({ input }) => `a state of a type that is not supported: ${JSON.stringify(input)}`,
    }),
  ),
});

type TaskDocument = z.output<typeof task>;
type ChoiceDocument = z.output<typeof choice>;

function refuseMisplacedAll(document: { Retry: unknown[]; Catch: unknown[] }, context: z.RefinementCtx): void {
  for (const key of ['Retry', 'Catch'] as const) {
    const lists = z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })).parse(document[key]);
    for (const [index, { ErrorEquals }] of lists.entries()) {
      if (!ErrorEquals.includes('States.ALL')) continue;
      if (ErrorEquals.length === 1 && index === lists.length - 1) continue;
      context.addIssue({ code: 'custom', path: [key, index], message: 'States.ALL must stand alone and last' });
    }
  }
}

function refuseUnknownArguments(
  document: { Resource: string; Arguments: Record<string, unknown> },
  context: z.RefinementCtx,
): void {
  const known = resources[document.Resource]?.arguments ?? [];
  for (const name of Object.keys(document.Arguments))
    if (!known.includes(name))
      context.addIssue({ code: 'custom', path: ['Arguments', name], message: 'not supported' });
}

/**
 * Checks and compiles a state machine. Throws an Error that names every field, state type, resource, function or
 * reference that this interpreter does not know, so that nothing is run other than as it is deployed.
 */
export function parseDefinition(json: unknown): Definition {
  const parsed = stateMachine.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'definition'}: ${message}`);
    throw new Error(`This state machine cannot be run:\n${issues.join('\n')}`);
  }
  const document = parsed.data;
  refuseUnknownNext(document);
  const assigned = new Set(Object.values(document.States).flatMap(assignedNames));
  const states = Object.entries(document.States).map(([name, state]) => {
    const scope = scopeIn(`States.${name}`, assigned);
    return [name, state.Type === 'Task' ? compileTask(state, scope) : compileChoice(state, scope)] as const;
  });
  return { startAt: document.StartAt, states: new Map(states) };
}

function refuseUnknownNext(document: z.output<typeof stateMachine>): void {
  const mentioned = Object.entries(document.States).flatMap(([name, state]) =>
    (state.Type === 'Task'
      ? [state.Next, ...state.Catch.map((it) => it.Next)]
      : [state.Default, ...state.Choices.map((it) => it.Next)]
    ).map((next) => [`States.${name}`, next] as const),
  );
  for (const [place, next] of [['StartAt', document.StartAt] as const, ...mentioned])
    if (next !== undefined && !(next in document.States))
      throw new Error(`This state machine cannot be run:\n${place}: there is no state ${next}`);
}

function assignedNames(state: TaskDocument | ChoiceDocument): string[] {
  if (state.Type !== 'Task') return [];
  return [state.Assign, ...state.Catch.map((it) => it.Assign)].flatMap((assign) => Object.keys(assign ?? {}));
}

type ScopeOf = (location: string, states: string[]) => Scope;

function scopeIn(place: string, assigned: ReadonlySet<string>): ScopeOf {
  return (location, states) => ({
    place: `${place}.${location}`,
    location,
    states: ['input', 'context', ...states],
    variables: assigned,
  });
}

function compileTask(document: TaskDocument, scope: ScopeOf): TaskState {
  const resource = resources[document.Resource];
  if (!resource) throw new Error(`not supported: ${document.Resource}`);
  const token = resource.waitsForTaskToken ? ['context.Task'] : [];
  return {
    type: 'Task',
    resource,
    arguments: compileTemplate(document.Arguments, scope('Arguments', token)),
    timeoutSeconds: compileTemplate(document.TimeoutSeconds, scope('TimeoutSeconds', [])),
    ...compileOutcome(document, (location) => scope(location, ['result'])),
    retriers: document.Retry,
    catchers: document.Catch.map((it, index) => ({
      ErrorEquals: it.ErrorEquals,
      next: it.Next,
      ...compileOutcome(it, (location) => scope(`Catch.${index}.${location}`, ['errorOutput'])),
    })),
    ...(document.Next === undefined ? {} : { next: document.Next }),
  };
}

function compileOutcome(
  document: { Output?: unknown; Assign?: unknown },
  scope: (location: string) => Scope,
): { output?: Template; assign?: Template } {
  return {
    ...(document.Output === undefined ? {} : { output: compileTemplate(document.Output, scope('Output')) }),
    ...(document.Assign === undefined ? {} : { assign: compileTemplate(document.Assign, scope('Assign')) }),
  };
}

function compileChoice(document: ChoiceDocument, scope: ScopeOf): ChoiceState {
  return {
    type: 'Choice',
    rules: document.Choices.map((rule, index) => ({
      condition: compileTemplate(rule.Condition, scope(`Choices.${index}.Condition`, [])),
      next: rule.Next,
    })),
    ...(document.Default === undefined ? {} : { otherwise: document.Default }),
  };
}
