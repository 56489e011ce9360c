import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  accessRequestDetailSchema,
  accessRequestSchema,
  entitlementListSchema,
  problemSchema,
  requestListSchema,
  sealedSessionSchema,
} from '#client/answers.ts';
import * as responses from '#lambdas/api/responses.ts';

type Schema = z.core.JSONSchema.JSONSchema;

/** Where something that fits `given` need not fit `read`: paths and what is wrong there. Empty: the client reads whatever is given. */
function misfits(given: Schema, read: Schema, path = ''): string[] {
  const at = path === '' ? 'all' : path;
  if (read.anyOf || read.oneOf || read.allOf || read.$ref)
    return [`${at}: this test does not know such a schema`];
  // One reading for all forms that there are.
  if (given.anyOf) return given.anyOf.flatMap((each) => misfits(each as Schema, read, path));
  if (
    read.type !== undefined &&
    given.type !== read.type &&
    !(given.type === 'integer' && read.type === 'number')
  )
    return [`${at}: ${String(given.type)} is read as ${String(read.type)}`];
  const values = given.enum ?? (given.const === undefined ? undefined : [given.const]);
  if (read.enum && !values?.every((value) => read.enum?.includes(value)))
    return [`${at}: ${values?.join(' ') ?? 'any text'} is read as ${read.enum.join(' ')}`];
  if (read.items) return misfits(schemaOr(given.items), schemaOr(read.items), `${path}[]`);
  return Object.entries(read.properties ?? {}).flatMap(([name, property]) => {
    const below = path === '' ? name : `${path}.${name}`;
    const source = given.properties?.[name];
    const isRequired = read.required?.includes(name) && !given.required?.includes(name);
    if (isRequired) return [`${below}: need not be there`];
    // A record may have any field; which there are is not for a schema to say.
    if (source === undefined) return given.propertyNames ? [] : [`${below}: is never there`];
    return misfits(schemaOr(source), schemaOr(property), below);
  });
}

const schemaOr = (schema: unknown): Schema =>
  typeof schema === 'object' && schema !== null ? (schema as Schema) : {};

const jsonSchema = (schema: z.ZodType): Schema =>
  // Without the names of schemas, which would stand there instead of them.
  z.toJSONSchema(schema, { unrepresentable: 'any', metadata: z.registry() });

describe('The client reads whatever the service answers', () => {
  test.each([
    ['what may be asked for', responses.entitlementList, entitlementListSchema],
    ['a request', responses.requestSummary, accessRequestSchema],
    ['a request in full', responses.requestDetail, accessRequestDetailSchema],
    ['requests', responses.requestList, requestListSchema],
    ['a sealed session', responses.sealedSession, sealedSessionSchema],
    ['a problem', responses.problemDocument, problemSchema],
  ])('%s', (_, given, read) => {
    expect(misfits(jsonSchema(given), jsonSchema(read))).toEqual([]);
  });

  test.each([
    [
      'a field that is not always there',
      z.object({ a: z.string().optional() }),
      z.object({ a: z.string() }),
      'a: need not be there',
    ],
    [
      'a field that is never there',
      z.object({}),
      z.object({ a: z.string().optional() }),
      'a: is never there',
    ],
    ['another kind', z.object({ a: z.number() }), z.object({ a: z.string() }), 'a: number is read as string'],
    [
      'a value more',
      z.object({ a: z.array(z.enum(['x', 'y'])) }),
      z.object({ a: z.array(z.enum(['x'])) }),
      'a[]: x y is read as x',
    ],
    ['any text', z.object({ a: z.string() }), z.object({ a: z.enum(['x']) }), 'a: any text is read as x'],
  ])('and this test would notice %s', (_, given, read, misfit) => {
    expect(misfits(jsonSchema(given), jsonSchema(read))).toEqual([misfit]);
  });
});
