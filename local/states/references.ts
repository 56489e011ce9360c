/** Where an expression stands and what it may refer to. */
export interface Scope {
  /** For messages: `States.NextStep.Choices.0.Condition`. */
  place: string;
  /** The state's field, as Step Functions names it in its errors: `Arguments`. */
  location: string;
  /** Fields of `$states` that exist there, `context.Task` among them where the state has a token. */
  states: readonly string[];
  /** Names assigned anywhere in the state machine. */
  variables: ReadonlySet<string>;
}

/**
 * JSONata functions that behave in Step Functions as they do here. Left out are `$eval`, which Step Functions has
 * not; `$random`, which it changed; the clock; and its own `$partition`, `$range`, `$hash`, `$uuid` and `$parse`.
 */
const functions = new Set(
  `string length substring substringBefore substringAfter uppercase lowercase trim contains split join number
  abs floor ceil round min max sum count average boolean not exists type keys lookup append merge spread map
  filter reduce`.split(/\s+/),
);

const contextFields = new Set(['Execution', 'State', 'StateMachine', 'Task']);

interface Node {
  type?: unknown;
  value?: unknown;
  steps?: unknown;
}

/** Throws an Error that names the first variable, function or `$states` field that does not exist in the scope. */
export function refuseUnknownReferences(ast: object, scope: Scope): void {
  visit(ast, scope, new Set());
}

function visit(value: unknown, scope: Scope, locals: Set<unknown>): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, scope, locals);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const node: Node & object = value;
  const known = new Set([...locals, ...namesBoundIn(node)]);
  if (node.type === 'path' && Array.isArray(node.steps)) refuseUnknownField(node.steps, scope);
  if (node.type === 'variable') refuseUnknownVariable(node.value, scope, known);
  for (const child of Object.values(node)) visit(child, scope, known);
}

function refuseUnknownVariable(name: unknown, scope: Scope, locals: Set<unknown>): void {
  if (name === 'states' || locals.has(name)) return;
  if (typeof name === 'string' && (functions.has(name) || scope.variables.has(name))) return;
  throw new Error(`${scope.place}: $${String(name)} is not known here`);
}

function refuseUnknownField([root, field, inner]: Node[], scope: Scope): void {
  if (root?.type !== 'variable' || root.value !== 'states') return;
  const name = String(field?.value);
  if (!scope.states.includes(name)) throw new Error(`${scope.place}: $states.${name} does not exist here`);
  if (name !== 'context' || inner === undefined) return;
  const path = `context.${String(inner.value)}`;
  const exists =
    contextFields.has(String(inner.value)) && (inner.value !== 'Task' || scope.states.includes(path));
  if (!exists) throw new Error(`${scope.place}: $states.${path} does not exist here`);
}

/** Names that a block assigns (`$x := …`) or a lambda takes. */
function namesBoundIn(node: object): unknown[] {
  if ('type' in node && node.type === 'lambda' && 'arguments' in node && Array.isArray(node.arguments))
    return node.arguments.map((argument: Node) => argument.value);
  if ('type' in node && node.type === 'block' && 'expressions' in node && Array.isArray(node.expressions))
    return node.expressions.flatMap((expression: Node & { lhs?: Node }) =>
      expression.type === 'bind' ? [expression.lhs?.value] : [],
    );
  return [];
}
