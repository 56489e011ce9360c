import {
  type ChoiceDocument,
  type StateMachineDocument,
  stateMachineSchema,
  type TaskDocument,
} from './definitionSchema.ts';
import { compileFields, compileTemplate, type FieldsTemplate, type Template } from './expressions.ts';
import type { Scope } from './references.ts';
import { type ResourceDefinition, resources } from './resources.ts';
import type { Retrier } from './retry.ts';

/** A state machine, checked and compiled. */
export interface Definition {
  startAt: string;
  states: ReadonlyMap<string, State>;
}

type State = TaskState | ChoiceState;

export interface TaskState {
  type: 'Task';
  resource: ResourceDefinition;
  arguments: FieldsTemplate;
  timeoutSeconds: Template;
  output?: Template;
  assign?: FieldsTemplate;
  retriers: Retrier[];
  catchers: Catcher[];
  /** Absent where the execution ends. */
  next?: string;
}

interface Catcher {
  ErrorEquals: string[];
  next: string;
  output?: Template;
  assign?: FieldsTemplate;
}

export interface ChoiceState {
  type: 'Choice';
  rules: { condition: Template; next: string }[];
  otherwise?: string;
}

/**
 * Checks and compiles a state machine. Throws an Error that names every field, state type, resource, function or
 * reference that this interpreter does not know, so that nothing is run other than as it is deployed.
 */
export function parseDefinition(json: unknown): Definition {
  const parsed = stateMachineSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'definition'}: ${message}`,
    );
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

function refuseUnknownNext(document: StateMachineDocument): void {
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
    arguments: compileFields(document.Arguments, scope('Arguments', token)),
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
  document: { Output?: unknown; Assign?: Record<string, unknown> | undefined },
  scope: (location: string) => Scope,
): { output?: Template; assign?: FieldsTemplate } {
  return {
    ...(document.Output === undefined ? {} : { output: compileTemplate(document.Output, scope('Output')) }),
    ...(document.Assign === undefined ? {} : { assign: compileFields(document.Assign, scope('Assign')) }),
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
