import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entitlement } from '#domain/entitlement.ts';
import { entitlementSchema } from '#domain/entitlementSchema.ts';
import { addSeconds } from '#domain/instant.ts';
import {
  endSessionPolicy,
  longestSessionPolicySize,
  maximumPolicySize,
  parameterFault,
  type SessionPolicyInput,
  sessionPolicy,
} from '#domain/sessionPolicy.ts';
import cases from '../cases/parameterValues.json' with { type: 'json' };
import { aCatalogueSource, anEntitlement, entitlementIn } from '../support/builders.ts';
import { type AccessCall, isAllowed, ordersTable } from './simulatedAccess.ts';

const endsAt = '2026-11-22T11:00:00Z';
const startAt = '2026-11-22T10:30:00Z';
const during = '2026-11-22T10:45:00Z';
const read = anEntitlement('orders-read');
const getItem: AccessCall = {
  action: 'dynamodb:GetItem',
  context: { 'dynamodb:LeadingKeys': ['1001'] },
  at: during,
};

const endedPolicy = (input: Partial<SessionPolicyInput> = {}): string =>
  endSessionPolicy(sessionPolicy({ entitlement: read, parameters: {}, ...input }), endsAt);

/** An entitlement as the catalogue would parse it, from one of the repository's own with something replaced. */
const entitlementWith = (over: object, id = 'orders-read'): Entitlement =>
  entitlementSchema.parse({ ...entitlementIn(aCatalogueSource(), id), ...over });

describe('a session', () => {
  it('may do what the entitlement says, and nothing beside, however much the role allows', async () => {
    expect(await isAllowed(endedPolicy(), getItem)).toBe(true);
    expect(await isAllowed(endedPolicy(), { ...getItem, action: 'dynamodb:DeleteItem' })).toBe(false);
    expect(await isAllowed(endedPolicy(), { ...getItem, resource: `${ordersTable}-archive` })).toBe(false);
  });

  it('never may more than its role', async () => {
    const rolePolicy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'dynamodb:Query', Resource: '*' }],
    };
    expect(await isAllowed(endedPolicy(), { ...getItem, rolePolicy })).toBe(false);
  });

  it.each([
    [-1, true],
    [0, false],
    [1, false],
    [86_400, false],
  ])('ends to the second: %i s from the end it is allowed: %s', async (seconds, allowed) => {
    expect(await isAllowed(endedPolicy(), { ...getItem, at: addSeconds(endsAt, seconds) })).toBe(allowed);
  });

  it.each([
    [-86_400, false],
    [-1, false],
    [0, true],
    [1, true],
  ])(
    'that is scheduled starts to the second: %i s from the start it is allowed: %s',
    async (seconds, allowed) => {
      expect(
        await isAllowed(endedPolicy({ startAt }), { ...getItem, at: addSeconds(startAt, seconds) }),
      ).toBe(allowed);
    },
  );

  it.each(['sts:AssumeRole', 'sts:GetWebIdentityToken', 'sts:GetFederationToken', 'sts:AssumeRoot'])(
    'cannot chain past its end by %s',
    async (action) => {
      const entitlement = entitlementWith({ policy: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
      const call = {
        action,
        resource: action === 'sts:AssumeRole' ? 'arn:aws:iam::111122223333:role/other' : '*',
        at: during,
      };
      const statements = JSON.parse(endedPolicy({ entitlement })).Statement as {
        Effect: string;
        Action: string | string[];
      }[];
      expect(
        statements.some(
          ({ Effect, Action }) => Effect === 'Deny' && Array.isArray(Action) && Action.includes(action),
        ),
      ).toBe(true);
      if (action === 'sts:AssumeRole') {
        expect(await isAllowed(endedPolicy({ entitlement }), call)).toBe(false);
        expect(
          await isAllowed(endedPolicy({ entitlement: { ...entitlement, allowChaining: true } }), call),
        ).toBe(true);
      }
    },
  );

  it('with chaining allowed has no word about it', () => {
    expect(endedPolicy({ entitlement: { ...read, allowChaining: true } })).not.toContain('sts:');
  });

  it('bound to an address works from there alone, calls by AWS services excepted', async () => {
    const policy = endedPolicy({ entitlement: { ...read, bindSourceIp: true }, sourceIp: '203.0.113.7' });
    expect(await isAllowed(policy, getItem)).toBe(true);
    expect(await isAllowed(policy, { ...getItem, sourceIp: '203.0.113.8' })).toBe(false);
    expect(
      await isAllowed(policy, {
        ...getItem,
        sourceIp: '10.0.0.1',
        context: { ...getItem.context, 'aws:ViaAWSService': 'true' },
      }),
    ).toBe(true);
  });

  it('bound to an IPv6 address works from there alone', async () => {
    const policy = endedPolicy({ entitlement: { ...read, bindSourceIp: true }, sourceIp: '2001:db8::7' });
    expect(await isAllowed(policy, { ...getItem, sourceIp: '2001:db8::7' })).toBe(true);
    expect(await isAllowed(policy, { ...getItem, sourceIp: '2001:db8::8' })).toBe(false);
  });

  it.each([undefined, ''])(
    'bound to an address is not made when the address is not known: %j',
    (sourceIp) => {
      const entitlement = { ...read, bindSourceIp: true };
      expect(() => sessionPolicy({ entitlement, parameters: {}, sourceIp })).toThrow(RangeError);
      expect(() => sessionPolicy({ entitlement: read, parameters: {}, sourceIp })).not.toThrow();
    },
  );

  it('not bound to an address works from anywhere', async () => {
    expect(
      await isAllowed(endedPolicy({ sourceIp: '203.0.113.7' }), { ...getItem, sourceIp: '198.51.100.1' }),
    ).toBe(true);
  });

  it('takes away by explicit Deny alone: every limit but the entitlement’s own Allow', () => {
    const entitlement = { ...anEntitlement('orders-item'), bindSourceIp: true };
    const statements = JSON.parse(
      endedPolicy({ entitlement, parameters: { order: '1001' }, startAt, sourceIp: '203.0.113.7' }),
    ).Statement as { Effect: string }[];
    expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny', 'Deny', 'Deny', 'Deny', 'Allow']);
  });

  it('repeats the Allow statements without their Sids, so that none can repeat, and leaves protective Denies to the role', () => {
    const allow = { Effect: 'Allow' as const, Action: 'dynamodb:GetItem', Resource: ordersTable };
    const entitlement = {
      ...read,
      policy: [
        { ...allow, Sid: 'End' },
        { Effect: 'Deny' as const, Action: 'dynamodb:Query', Resource: '*' },
      ],
    };
    const { Statement } = JSON.parse(endedPolicy({ entitlement })) as {
      Statement: { Sid?: string; Effect: string }[];
    };
    expect(Statement.filter(({ Sid }) => Sid !== undefined)).toHaveLength(1);
    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([allow]);
  });
});

describe('the end', () => {
  it('is open until it is known, and takes no more room then', () => {
    const open = sessionPolicy({ entitlement: read, parameters: {} });
    expect(open).toContain('9999-12-31T23:59:59Z');
    expect(endSessionPolicy(open, endsAt)).toHaveLength(open.length);
    expect(endSessionPolicy(open, endsAt)).not.toContain('9999');
  });

  it('is written into the first statement only, even where the entitlement itself names the same instant', () => {
    const condition = { DateGreaterThanEquals: { 'aws:CurrentTime': '9999-12-31T23:59:59Z' } };
    const entitlement = entitlementWith({
      policy: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*', Condition: condition }],
    });
    const { Statement } = JSON.parse(endedPolicy({ entitlement })) as { Statement: { Condition: unknown }[] };
    expect(Statement[0]?.Condition).toEqual({ DateGreaterThanEquals: { 'aws:CurrentTime': endsAt } });
    expect(Statement.at(-1)?.Condition).toEqual(condition);
  });

  it('is not written into a text that has none, or has it already', () => {
    expect(() => endSessionPolicy(endedPolicy(), endsAt)).toThrow(RangeError);
    expect(() => endSessionPolicy('{"Version":"2012-10-17","Statement":[]}', endsAt)).toThrow(RangeError);
  });

  const open = sessionPolicy({ entitlement: read, parameters: {} });
  it.each<[string, string]>([
    [
      'an Allow with the open end as its condition',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThanEquals":{"aws:CurrentTime":"9999-12-31T23:59:59Z"}}}]}',
    ],
    ['an end that denies less', open.replace('"Action":"*"', '"Action":"s3:*"')],
    ['an end that allows', open.replace('"Effect":"Deny"', '"Effect":"Allow"')],
    ['an end that stands in the second place', open.replace('"Statement":[', '"Statement":[{},')],
    ['an end after the open one', open.replace('9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z0')],
    ['another version of the policy language', open.replace('2012-10-17', '2008-10-17')],
    ['white space before it', ` ${open}`],
  ])('is not written into a text that `sessionPolicy` did not make: %s', (_, forged) => {
    expect(forged).not.toBe(open);
    expect(() => endSessionPolicy(forged, endsAt)).toThrow(RangeError);
  });
});

describe('a parameter', () => {
  const narrowingBy = (name: string) => ({
    Action: 'dynamodb:GetItem',
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:PrincipalTag/x': `{${name}}` } },
  });
  const parameters = Object.fromEntries(
    Object.entries(cases.parameters).map(([name, parameter]) => [
      name,
      { title: name, narrow: [narrowingBy(name)], ...parameter },
    ]),
  );
  const entitlement = entitlementWith({ parameters });

  it.each(cases.taken)('$name takes $value', ({ name, value }) => {
    expect(parameterFault(entitlement, name, value)).toBeUndefined();
  });

  it.each(cases.refused)('$name refuses $value: $because', ({ name, value }) => {
    expect(parameterFault(entitlement, name, value)).toContain(name);
  });

  it('that was given narrows the session to its value', async () => {
    const item = anEntitlement('orders-item');
    const policy = endedPolicy({ entitlement: item, parameters: { order: '1001' } });
    const key = (...keys: string[]): AccessCall => ({
      ...getItem,
      context: { 'dynamodb:LeadingKeys': keys },
    });
    expect(await isAllowed(policy, key('1001'))).toBe(true);
    expect(await isAllowed(policy, key('1002'))).toBe(false);
    expect(await isAllowed(policy, key('1001', '1002'))).toBe(false);
    expect(await isAllowed(policy, { ...key('1002'), action: 'dynamodb:UpdateItem' })).toBe(false);
    expect(await isAllowed(policy, key('10010'))).toBe(false);
  });

  it('that was left out narrows nothing', async () => {
    const item = { ...anEntitlement('orders-item') };
    expect(
      await isAllowed(endedPolicy({ entitlement: item }), {
        ...getItem,
        context: { 'dynamodb:LeadingKeys': ['7'] },
      }),
    ).toBe(true);
  });

  it('that is only inherited narrows nothing and fills nothing', () => {
    const item = anEntitlement('orders-item');
    expect(sessionPolicy({ entitlement: item, parameters: Object.create({ order: '1001' }) })).toBe(
      sessionPolicy({ entitlement: item, parameters: {} }),
    );
    const { order } = item.parameters;
    if (!order) throw new Error('The sample has the parameter.');
    const Condition = { StringNotEquals: { 'aws:x': ['{order}', '{toString}', '{constructor}'] } };
    const narrow = [{ Action: 'dynamodb:GetItem', Resource: '*', Condition }];
    // The catalogue would refuse this entry.
    const entitlement = { ...item, parameters: { order: { ...order, narrow } } };
    expect(sessionPolicy({ entitlement, parameters: { order: '1001' } })).toContain(
      '["1001","{toString}","{constructor}"]',
    );
  });

  it('fills every place that names it: Resource, NotResource and Condition, in lists too, and only by name', () => {
    const filled = entitlementWith({
      parameters: {
        table: {
          title: 'Table',
          narrow: [
            {
              Action: ['dynamodb:GetItem'],
              NotResource: [
                'arn:aws:dynamodb:*:*:table/{table}',
                'arn:aws:dynamodb:*:*:table/{table}/index/{other}',
              ],
            },
          ],
        },
        other: {
          title: 'Other',
          narrow: [
            {
              Action: 'dynamodb:GetItem',
              Resource: '*',
              Condition: { StringNotEquals: { 'aws:x': ['{other}', '{table}-{other}'] } },
            },
          ],
        },
      },
    });
    const { Statement } = JSON.parse(
      sessionPolicy({ entitlement: filled, parameters: { table: 'orders', other: 'o' } }),
    ) as { Statement: unknown[] };
    expect(Statement).toContainEqual({
      Effect: 'Deny',
      Action: ['dynamodb:GetItem'],
      NotResource: ['arn:aws:dynamodb:*:*:table/orders', 'arn:aws:dynamodb:*:*:table/orders/index/o'],
    });
    expect(Statement).toContainEqual({
      Effect: 'Deny',
      Action: 'dynamodb:GetItem',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:x': ['o', 'orders-o'] } },
    });
  });

  it('can be filled in only once: a value never becomes a placeholder or a policy of its own', () => {
    const item = entitlementWith({
      parameters: {
        free: {
          title: 'Free',
          maxLength: 256,
          narrow: [{ Action: 'dynamodb:GetItem', NotResource: 'arn:aws:dynamodb:*:*:table/{free}' }],
        },
      },
    });
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'aZ09 /:.,;=+-_@#%&()[]<>|~^`!*?$"{}\\'),
          minLength: 1,
          maxLength: 24,
        }),
        (value) => {
          fc.pre(parameterFault(item, 'free', value) === undefined);
          const { Statement } = JSON.parse(
            sessionPolicy({ entitlement: item, parameters: { free: value } }),
          ) as { Statement: unknown[] };
          expect(Statement).toHaveLength(4);
          expect(Statement).toContainEqual({
            Effect: 'Deny',
            Action: 'dynamodb:GetItem',
            NotResource: `arn:aws:dynamodb:*:*:table/${value}`,
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never widens: whatever value it takes, no call is allowed that would be refused without it', async () => {
    const item = entitlementWith({
      parameters: {
        prefix: {
          title: 'Prefix',
          maxLength: 40,
          narrow: [
            { Action: ['dynamodb:GetItem'], NotResource: 'arn:aws:dynamodb:*:111122223333:table/{prefix}' },
            {
              Action: 'dynamodb:Query',
              Resource: '*',
              Condition: { 'ForAnyValue:StringNotLike': { 'dynamodb:LeadingKeys': '{prefix}' } },
            },
          ],
        },
      },
    });
    const hostile = fc.constantFrom(
      'orders',
      'orders/index/x',
      '*',
      '?',
      ['$', '{aws:userid}'].join(''),
      '","Effect":"Allow',
      "'",
      '\\"',
      '{prefix}',
      'a,b',
      ':*',
      '../orders',
      '\u0000',
      'arn:aws:s3:::x',
    );
    const calls = fc.record({
      action: fc.constantFrom('dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:DeleteItem'),
      resource: fc.constantFrom(ordersTable, `${ordersTable}-archive`),
      at: fc.constantFrom(during, addSeconds(endsAt, -1), endsAt),
    });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(hostile, fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 })),
        calls,
        async (value, call) => {
          if (parameterFault(item, 'prefix', value) !== undefined) return;
          taken += 1;
          const request = { ...call, context: { 'dynamodb:LeadingKeys': [value] } };
          const narrowed = await isAllowed(
            endedPolicy({ entitlement: item, parameters: { prefix: value } }),
            request,
          );
          const open = await isAllowed(endedPolicy({ entitlement: { ...item, parameters: {} } }), request);
          expect(open || !narrowed).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

describe('the size of a session policy', () => {
  it('is known before anybody asks: no request for the entitlement can need more', () => {
    const item = { ...anEntitlement('orders-item'), bindSourceIp: true };
    const longest = longestSessionPolicySize(item);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_999_999_999 }),
        fc.boolean(),
        fc.constantFrom('203.0.113.255', '2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff'),
        (order, starts, sourceIp) => {
          const policy = sessionPolicy({
            entitlement: item,
            parameters: { order: String(order) },
            sourceIp,
            ...(starts && { startAt }),
          });
          return policy.length <= longest && longest <= maximumPolicySize;
        },
      ),
    );
  });

  it('counts the longest of listed values', () => {
    const size = (values: string[]): number => {
      const source = entitlementIn(aCatalogueSource(), 'orders-item');
      const order = source.parameters?.order;
      return longestSessionPolicySize(
        entitlementSchema.parse({
          ...source,
          parameters: { order: { ...order, pattern: undefined, maxLength: 64, values } },
        }),
      );
    };
    expect(size(['a', 'abcdef', 'abc']) - size(['a'])).toBe(5);
  });

  it('leaves every entitlement of the catalogue room', () => {
    for (const id of ['orders-read', 'orders-admin', 'orders-item'])
      expect(longestSessionPolicySize(anEntitlement(id))).toBeLessThan(maximumPolicySize / 2);
  });
});
