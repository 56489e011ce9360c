import * as z from 'zod';
import { predicateOf } from '../../domain/predicate.ts';
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
  const result = schema.safeParse(value, { error: (issue) => predicateOf(issue, 'a mapping') });
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
