import jsonata from 'jsonata';
import { refuseUnknownReferences, type Scope } from './references.ts';
import { StatesError } from './statesError.ts';

/** What an expression sees: `$states` and the variables by name, without the dollar sign. */
export type Bindings = Record<string, unknown>;

/** A JSON value whose `{% … %}` strings are compiled. Evaluation raises `States.QueryEvaluationError`. */
export type Template = (bindings: Bindings) => Promise<unknown>;
export type FieldsTemplate = (bindings: Bindings) => Promise<Record<string, unknown>>;

/**
 * Compiles the value of a state's field. Throws an Error, naming the place, for what is not JSONata or refers to
 * something that Step Functions would not provide there.
 */
export function compileTemplate(value: unknown, scope: Scope): Template {
  if (typeof value === 'string') return compileString(value, scope);
  if (Array.isArray(value)) {
    const items = value.map((item) => compileTemplate(item, scope));
    return (bindings) => Promise.all(items.map((item) => item(bindings)));
  }
  if (value !== null && typeof value === 'object') return compileFields(value, scope);
  return async () => value;
}

/** The same for an object, whose keys are never expressions. */
export function compileFields(value: object, scope: Scope): FieldsTemplate {
  const fields = Object.entries(value).map(([key, field]) => [key, compileTemplate(field, scope)] as const);
  return async (bindings) =>
    Object.fromEntries(await Promise.all(fields.map(async ([key, field]) => [key, await field(bindings)])));
}

function compileString(text: string, scope: Scope): Template {
  if (!text.startsWith('{%') && !text.endsWith('%}')) return async () => text;
  const source = /^\{%\s(.*)\s%\}$/s.exec(text)?.[1];
  if (source === undefined) throw new Error(`${scope.place}: an expression is written "{% … %}": ${text}`);
  const expression = parse(source, scope);
  refuseUnknownReferences(expression.ast(), scope);
  return (bindings) => evaluate(expression, { source, bindings, location: scope.location });
}

function parse(source: string, scope: Scope): jsonata.Expression {
  try {
    return jsonata(source);
  } catch (error) {
    throw new Error(`${scope.place}: ${messageOf(error)}: ${source}`, { cause: error });
  }
}

async function evaluate(
  expression: jsonata.Expression,
  run: { source: string; bindings: Bindings; location: string },
): Promise<unknown> {
  const failed = (why: string): StatesError => {
    const cause = `The JSONata expression '${run.source}' ${why}`;
    return new StatesError({ error: 'States.QueryEvaluationError', cause }, run.location);
  };
  const value: unknown = await expression.evaluate(undefined, run.bindings).catch((error: unknown) => {
    throw failed(`threw an error: ${messageOf(error)}`);
  });
  // Through JSON, as Step Functions: JSONata's sequences carry properties of their own, and its functions are no data.
  const text = JSON.stringify(value);
  if (text === undefined) throw failed('returned nothing (undefined).');
  if (isFunction(value)) throw failed('returned a function.');
  return JSON.parse(text);
}

function isFunction(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_function' in value || '_jsonata_lambda' in value)
  );
}

/** JSONata throws plain objects with a message. */
function messageOf(error: unknown): string {
  return error !== null && typeof error === 'object' && 'message' in error
    ? String(error.message)
    : String(error);
}
