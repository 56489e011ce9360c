import * as z from 'zod';
import {
  accessRequestDetailSchema,
  accessRequestSchema,
  entitlementSchema,
  sealedSessionSchema,
} from '../client/answers.ts';

const answers: Record<string, z.ZodType> = {
  AccessRequest: accessRequestSchema,
  AccessRequestDetail: accessRequestDetailSchema,
  Entitlement: entitlementSchema,
  SealedSession: sealedSessionSchema,
};

/** The types of client/answers.ts written out: whoever uses the package has no zod that they could be inferred with. */
export const answerTypes = (): string =>
  Object.entries(answers)
    .map(([name, schema]) => `export type ${name} = ${typeOf(z.toJSONSchema(schema))};\n`)
    .join('');

type JsonSchema = z.core.JSONSchema._JSONSchema;

function typeOf(schema: JsonSchema): string {
  if (typeof schema === 'boolean') return 'unknown';
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return schema.type;
    case 'array':
      return `Array<${typeOf(single(schema.items))}>`;
    case 'object':
      return objectOf(schema);
    default:
      throw new TypeError(`An answer has a type that is not known here: ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties, required = [], additionalProperties }: Exclude<JsonSchema, boolean>): string {
  if (!properties) return `Record<string, ${typeOf(additionalProperties ?? true)}>`;
  const fields = Object.entries(properties).map(([name, schema]) =>
    required.includes(name) ? `${name}: ${typeOf(schema)}` : `${name}?: ${typeOf(schema)} | undefined`,
  );
  // A later version of the service may say more.
  return `{ ${[...fields, '[more: string]: unknown'].join('; ')} }`;
}

function single(items: Exclude<JsonSchema, boolean>['items']): JsonSchema {
  if (items === undefined || Array.isArray(items)) throw new TypeError('A list of answers has one type.');
  return items;
}
