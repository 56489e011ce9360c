import * as z from 'zod';
import { ConfigurationError } from './configurationError.ts';
import { type Fault, placeFaults } from './fault.ts';
import { nearestName } from './nearestName.ts';
import type { Path, YamlFile } from './yamlFile.ts';

/** What the schema makes of a file. Throws a `ConfigurationError` that names every fault with its line. */
export function parseYaml<Schema extends z.ZodType>(
  file: YamlFile,
  schema: Schema,
  advice?: string,
): z.output<Schema> {
  const faults = schemaFaults(schema, file.value);
  if (faults.length > 0) throw new ConfigurationError(placeFaults(file, faults), advice);
  return schema.parse(file.value);
}

/** Every fault that the schema finds in the value. */
export function schemaFaults(schema: z.ZodType, value: unknown): Fault[] {
  const result = schema.safeParse(value, { error: predicateOf });
  return (result.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(schema, value, issue);
    const missing = issue.code !== 'custom' && valueAt(value, issue.path) === undefined;
    return [{ path: issue.path, message: missing ? 'is missing' : issue.message }];
  });
}

/** Each key that the schema does not know, with the known one that was probably meant, or all that would be. */
function unknownKeys(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssueUnrecognizedKeys): Fault[] {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const known = keysAt(whole, value, issue.path);
  return issue.keys.map((key) => {
    const nearest = nearestName(key, known);
    const hint = nearest === undefined ? `known here are ${known.join(', ')}` : `perhaps ${nearest} is meant`;
    return { path: [...issue.path, key], message: `is unknown: ${hint}` };
  });
}

type JsonSchema = z.core.JSONSchema._JSONSchema;

/** The keys that a JSON Schema takes at a path of the value, those of the variant that the value is. */
function keysAt(schema: JsonSchema, value: unknown, path: Path): string[] {
  if (typeof schema === 'boolean') return [];
  const { properties = {}, additionalProperties = false, items = false } = schema;
  const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]
    .filter((variant) => isVariantOf(variant, value))
    .flatMap((variant) => keysAt(variant, value, path));
  const [step, ...rest] = path;
  if (step === undefined) return [...Object.keys(properties), ...variants];
  const inner = typeof step === 'number' ? items : (properties[String(step)] ?? additionalProperties);
  return [...(Array.isArray(inner) ? [] : keysAt(inner, valueAt(value, [step]), rest)), ...variants];
}

/** Whether the value has what makes this variant: `kind: public`, for one. */
function isVariantOf(schema: JsonSchema, value: unknown): boolean {
  if (typeof schema === 'boolean') return false;
  return Object.entries(schema.properties ?? {}).every(
    ([key, property]) =>
      typeof property === 'boolean' ||
      property.const === undefined ||
      property.const === valueAt(value, [key]),
  );
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (node instanceof Object ? Reflect.get(node, step) : undefined),
    value,
  );
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** How a sentence about a fault goes on, where the schema does not say it itself. */
function predicateOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[String(issue.expected)] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `must be ${oneOf(issue.options)}`
        : 'has a form that does not fit';
    case 'too_small':
      return `must ${bound(issue, 'least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue, 'most', issue.maximum)}`;
    case 'invalid_format':
      return `must be a valid ${issue.format === 'regex' ? 'text' : issue.format}`;
    case 'invalid_key':
      return `has a name that does not fit: it ${issue.issues[0]?.message ?? 'is none'}`;
    default:
      return undefined;
  }
}

function oneOf(values: readonly unknown[]): string {
  return values.length > 1 ? `one of ${values.map(String).join(', ')}` : String(values[0]);
}

function bound(issue: { origin?: unknown }, extreme: 'least' | 'most', limit: number | bigint): string {
  switch (issue.origin) {
    case 'array':
    case 'set':
      return `have at ${extreme} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'string':
      return extreme === 'least' && limit === 1 ? 'not be empty' : `have at ${extreme} ${limit} characters`;
    default:
      return `be at ${extreme} ${limit}`;
  }
}
