import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requestDigest, requestIdSchema, type Terms, termsSchema } from '#domain/terms.ts';
import { aNewRequest, anId, anotherRecipientKey, aRecipientKey } from '../support/builders.ts';

/** Every optional field present, so that every field of the terms has a value to change. */
const terms: Terms = termsSchema.parse({
  ...aNewRequest().terms,
  requester: { ...aNewRequest().terms.requester, groups: ['orders-team', 'extra'], claimedGroups: ['extra'] },
  policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  sourceIp: '203.0.113.7',
  parameters: { order: '1001' },
  startAt: '2026-11-22T12:00:00Z',
  ticket: 'INC-1001',
  recipientKey: { ...aRecipientKey, kid: 'laptop', alg: 'ECDH-ES', use: 'enc' },
});

/** Fields that the digest may leave out, each with the reason. */
const harmless: Record<string, string> = {
  expiresAt: 'sealed beside the digest under key 1',
  'recipientKey.kid': 'a label of the key, which its thumbprint covers',
  'recipientKey.alg': 'a literal: there is no other value',
  'recipientKey.use': 'a literal: there is no other value',
};

interface Field {
  path: string[];
  schema: z.ZodType;
}

/** Every field of the schema, walked, so that a new one cannot be forgotten. */
function fieldsOf(schema: z.ZodType, path: string[] = []): Field[] {
  if (schema instanceof z.ZodOptional) return fieldsOf(schema.unwrap() as z.ZodType, path);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, field]) =>
      fieldsOf(field as z.ZodType, [...path, key]),
    );
  return [{ path, schema }];
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, key) => Reflect.get(Object(node), key), value);

/** The value with something else at the path; `undefined` takes the field away. */
function withAt<Value>(value: Value, path: readonly string[], put: unknown): Value {
  const copy = structuredClone(value);
  const last = path.at(-1) ?? '';
  const parent = Object(valueAt(copy, path.slice(0, -1)));
  if (put === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, put);
  return copy;
}

/** Other values of the same kind. Throws for a kind it does not know, so that a new one has to be thought of. */
function mutationsOf(value: unknown): unknown[] {
  if (typeof value === 'string')
    return [
      `${value} `,
      value.slice(1),
      value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase(),
      '',
    ];
  if (typeof value === 'number') return [value + 1, value - 1, String(value)];
  if (typeof value === 'boolean') return [!value, String(value)];
  if (Array.isArray(value))
    return [[], [...value, 'another'], value.slice(1), [...value, ...value], [value.join(',')], [value]];
  if (typeof value === 'object' && value !== null)
    return [
      {},
      { ...value, another: 'one' },
      ...Object.entries(value).flatMap(([key, one]) => [
        { [`${key}2`]: one },
        { ...value, [key]: `${String(one)}2` },
      ]),
    ];
  throw new TypeError(`There is no mutation for ${JSON.stringify(value)}.`);
}

const fields = fieldsOf(termsSchema);
const digest = requestDigest(terms);

describe('what is approved is what is issued: the request digest', () => {
  it('is walked over every field of the terms', () => {
    expect(new Set(fields.map(({ path }) => path[0]))).toEqual(new Set(Object.keys(terms)));
    expect(fields.length).toBeGreaterThanOrEqual(28);
  });

  it.each(fields.map(({ path }) => path.join('.')).filter((name) => !(name in harmless)))(
    'changes with %s',
    (name) => {
      const path = name.split('.');
      const value = valueAt(terms, path);
      expect(value, 'the sample has to have every field').toBeDefined();
      for (const mutation of [...mutationsOf(value), undefined]) {
        if (JSON.stringify(mutation) === JSON.stringify(value)) continue;
        const changed = withAt(terms, path, mutation);
        // A key that is no key has no thumbprint at all, which refuses it just as well.
        expect(digestOrRefusal(changed), `${name} = ${JSON.stringify(mutation)}`).not.toBe(digest);
      }
    },
  );

  it.each(Object.entries(harmless))('may leave out %s: %s', (name) => {
    expect(fields.map(({ path }) => path.join('.'))).toContain(name);
    const changed = withAt(terms, name.split('.'), 'anything else');
    expect(requestDigest(changed)).toBe(digest);
  });

  it("covers the requester's key by its RFC 7638 thumbprint", () => {
    expect(requestDigest({ ...terms, recipientKey: anotherRecipientKey })).not.toBe(digest);
    expect(requestDigest({ ...terms, recipientKey: aRecipientKey })).toBe(digest);
  });

  it('covers each letter case, each space and each order of a list', () => {
    expect(requestDigest(withAt(terms, ['requester', 'groups'], ['extra', 'orders-team']))).not.toBe(digest);
    expect(requestDigest({ ...terms, justification: `${terms.justification}\u200b` })).not.toBe(digest);
  });

  it('does not depend on the order in which the fields stand', () => {
    const shuffled = Object.fromEntries(Object.entries(terms).toReversed()) as Terms;
    expect(requestDigest(shuffled)).toBe(digest);
  });

  it('cannot be met by moving text from one field to the next', () => {
    expect(requestDigest({ ...terms, justification: `${terms.justification}INC`, ticket: '-1001' })).not.toBe(
      requestDigest({ ...terms, justification: terms.justification, ticket: 'INC-1001' }),
    );
  });
});

function digestOrRefusal(changed: Terms): string {
  try {
    return requestDigest(changed);
  } catch {
    return 'refused';
  }
}

describe('the terms as the table keeps them', () => {
  it('are parsed strictly: an unknown field is refused', () => {
    expect(termsSchema.safeParse({ ...terms, approved: true }).success).toBe(false);
    expect(termsSchema.safeParse(withAt(terms, ['requester', 'admin'], true)).success).toBe(false);
    expect(termsSchema.safeParse(withAt(terms, ['recipientKey', 'd'], 'x')).success).toBe(false);
  });

  it('read back as they were written', () => {
    expect(termsSchema.parse(JSON.parse(JSON.stringify(terms)))).toEqual(terms);
  });

  it.each([
    '',
    '01KANB1X00000000000000000',
    '01KANB1X0000000000000000012',
    '81KANB1X000000000000000001',
    '01KANB1X00000000000000000I',
    '01kanb1x000000000000000001',
    `${anId()}*`,
    '*',
  ])('have an id that fits a session name and a pattern on it: not %j', (id) => {
    expect(requestIdSchema.safeParse(id).success).toBe(false);
    expect(requestIdSchema.safeParse(anId()).success).toBe(true);
  });
});
