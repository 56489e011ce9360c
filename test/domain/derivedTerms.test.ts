import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyFollowsFrom, termsFollowFrom } from '#domain/derivedTerms.ts';
import { authorisedWindow } from '#domain/grantWindow.ts';
import { addSeconds } from '#domain/instant.ts';
import { endSessionPolicy, type SessionPolicyInput, sessionPolicy } from '#domain/sessionPolicy.ts';
import { requestDigest, type Terms, termsSchema } from '#domain/terms.ts';
import {
  aCatalogue,
  aMachine,
  aNewRequest,
  anApproval,
  bob,
  entitlementIn,
  entryOf,
  erin,
  madeAt,
  type RequestOptions,
} from '../support/builders.ts';

/** The repository's catalogue; one order's address binding and managed policies give every rule something to hold on to. */
const catalogue = aCatalogue((source) => {
  const { issuer, subject } = aMachine;
  source.machines = { deployer: { issuer, subject, account: '444455556666' } };
  entitlementIn(source, 'orders-read').requesters = { groups: ['orders-team'], machines: ['deployer'] };
  const item = entitlementIn(source, 'orders-item');
  const { order } = item.parameters ?? {};
  if (!order) throw new Error('The sample has the parameter.');
  const arns = [
    'arn:aws:iam::aws:policy/ReadOnlyAccess',
    'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess',
  ];
  const part = { ...order, title: 'Part', narrow: [{ Action: 'dynamodb:GetItem', NotResource: '{part}' }] };
  Object.assign(item, {
    managedPolicies: arns,
    bindSourceIp: true,
    parameters: { order, part: { ...part, required: false } },
  });
});

const samples: Record<string, RequestOptions> = {
  read: { wish: { durationSeconds: 1_800 } },
  later: { wish: { startAt: addSeconds(madeAt, 3_600) } },
  item: { wish: { entitlement: 'orders-item', parameters: { order: '1001' } } },
  admin: { wish: { entitlement: 'orders-admin' } },
  broken: { who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } },
};
const termsOf = (sample: keyof typeof samples): Terms => aNewRequest({ ...samples[sample], catalogue }).terms;
const termsFollow = (terms: Terms): boolean => termsFollowFrom(entryOf(catalogue, terms.entitlement), terms);
const policyFollows = (terms: Terms): boolean =>
  policyFollowsFrom(entryOf(catalogue, terms.entitlement), terms);

/** The sample's terms, altered, with the policy that `sessionPolicy` makes for them, unless that is what is altered. */
function forge(
  sample: keyof typeof samples,
  over: Partial<Terms>,
  policy: Partial<SessionPolicyInput> = {},
): Terms {
  const terms = { ...termsOf(sample), ...over };
  const { entitlement } = entryOf(catalogue, terms.entitlement);
  const { parameters, startAt, sourceIp } = terms;
  const matching =
    over.sessionPolicy ??
    sessionPolicy({ entitlement, parameters, startAt, sourceIp: sourceIp ?? '203.0.113.7', ...policy });
  return { ...terms, sessionPolicy: matching };
}

const without = <Key extends keyof Terms>(terms: Terms, key: Key): Terms => {
  const { [key]: _, ...rest } = terms;
  return rest as Terms;
};

const everything = { policy: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
const { entitlement: read } = entryOf(catalogue, 'orders-read');
const { entitlement: item } = entryOf(catalogue, 'orders-item');
const open = termsOf('read').sessionPolicy;

const forgeries: [string, Terms][] = [
  ["another entitlement's role", forge('read', { roleArn: termsOf('admin').roleArn })],
  ['a role of another account', forge('read', { roleArn: termsOf('read').roleArn.replace('1111', '2222') })],
  [
    'a managed policy that the entitlement has not',
    forge('read', { policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
  ],
  [
    'a managed policy in place of another',
    forge('item', {
      policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::111122223333:policy/orders'],
    }),
  ],
  ['a managed policy less', forge('item', { policyArns: termsOf('item').policyArns.slice(1) })],
  [
    'managed policies in another order',
    forge('item', { policyArns: termsOf('item').policyArns.toReversed() }),
  ],
  ['a whole network for an address', forge('item', { sourceIp: '0.0.0.0/0' })],
  ['an address where none is bound', forge('read', { sourceIp: '203.0.113.7' })],
  ['no address where one is bound', without(termsOf('item'), 'sourceIp')],
  ['parameters that the entitlement has not', forge('read', { parameters: { order: '1001' } })],
  ['a parameter that is only inherited', forge('item', { parameters: { order: '1001', toString: 'x' } })],
  ['a required parameter left out', forge('item', { parameters: { part: '1' } })],
  ['a value that is a pattern to IAM', forge('item', { parameters: { order: '*' } })],
  ['a value that the parameter does not take', forge('item', { parameters: { order: '12345678901' } })],
  ['a second longer than the longest duration', forge('read', { durationSeconds: 8 * 3_600 + 1 })],
  ['under a minute', forge('read', { durationSeconds: 59 })],
  ['a break-glass longer than its own duration', forge('broken', { durationSeconds: 1_801 })],
  ['a break-glass where the entitlement has none', forge('read', { breakGlass: true })],
  ['a break-glass that starts later', forge('broken', { startAt: addSeconds(madeAt, 60) })],
  ['a deadline a second later', forge('read', { expiresAt: addSeconds(madeAt, 4 * 3_600 + 1) })],
  ['a deadline a second earlier', forge('read', { expiresAt: addSeconds(madeAt, 4 * 3_600 - 1) })],
  ['a deadline moved by when it was asked', forge('read', { createdAt: addSeconds(madeAt, 1) })],
  ['a start more than 30 days ahead', forge('later', { startAt: addSeconds(madeAt, 30 * 86_400 + 1) })],
  ['a start in the second of the request', forge('later', { startAt: madeAt })],
  ['a start before the request', forge('later', { startAt: addSeconds(madeAt, -1) })],
];

const otherPolicies: [string, Terms][] = [
  [
    'a session policy without an end',
    forge('read', { sessionPolicy: open.replace('"Action":"*"', '"Action":"x:y"') }),
  ],
  [
    'a session policy whose end is known already',
    forge('read', { sessionPolicy: endSessionPolicy(open, '2030-01-01T00:00:00Z') }),
  ],
  ['a wider session policy', forge('read', {}, { entitlement: { ...read, ...everything } })],
  [
    'a session policy that allows chaining',
    forge('read', {}, { entitlement: { ...read, allowChaining: true } }),
  ],
  ["another entitlement's session policy", forge('read', { sessionPolicy: termsOf('admin').sessionPolicy })],
  ['a session policy with a space more', forge('read', { sessionPolicy: `${open} ` })],
  ['a session policy without its start', forge('later', {}, { startAt: undefined })],
  ['a session policy of an earlier start', forge('later', {}, { startAt: addSeconds(madeAt, 60) })],
  ['a session policy that does not narrow', forge('item', {}, { parameters: {} })],
  ['a session policy for another value', forge('item', {}, { parameters: { order: '1002' } })],
  ['a session policy for another address', forge('item', {}, { sourceIp: '198.51.100.1' })],
  ['a session policy for any address', forge('item', {}, { entitlement: { ...item, bindSourceIp: false } })],
];

/** As `issueSession` judges it, approved by one of each group. */
const judged = (terms: Terms) =>
  authorisedWindow(catalogue, entryOf(catalogue, terms.entitlement), {
    terms,
    digest: requestDigest(terms),
    decisions: terms.breakGlass ? [] : [anApproval(bob), anApproval(erin)],
  });

describe('terms that only the owner of `requests` can make, sealed and approved', () => {
  it.each(forgeries)('do not follow from the catalogue: %s', (_, terms) => {
    expect(termsFollow(terms)).toBe(false);
  });

  it.each(forgeries)('are not issued: %s', (_, terms) => {
    // An entitlement without break-glass has nobody who may break it.
    const none = terms.breakGlass && terms.entitlement === 'orders-read';
    expect(judged(terms)).toEqual({ failure: none ? 'requester_not_eligible' : 'record_altered' });
  });

  it('do not follow when their duration is no number', () => {
    expect(termsFollow(forge('read', { durationSeconds: Number.NaN }))).toBe(false);
  });

  it('are forged above in every field that the catalogue says something about', () => {
    const honest = Object.keys(samples).map(termsOf);
    const altered = new Set(
      [...forgeries, ...otherPolicies].flatMap(([, forged]) =>
        Object.keys(termsSchema.shape).filter((field) =>
          honest
            .filter(({ entitlement }) => entitlement === forged.entitlement)
            .every(
              (terms) =>
                JSON.stringify(Reflect.get(terms, field)) !== JSON.stringify(Reflect.get(forged, field)),
            ),
        ),
      ),
    );
    const free = {
      id: 'made by `requests`',
      requester: 'judged by today’s groups',
      entitlement: 'names the entry',
      entitlementDigest: 'compared with the entry’s',
      breakGlass: 'the requester’s wish, judged by who may',
      justification: 'the requester’s words',
      ticket: 'the requester’s',
      recipientKey: 'the requester’s',
    };
    const fields = Object.keys(termsSchema.shape).filter((field) => !(field in free));
    expect([...altered].filter((field) => !(field in free)).sort()).toEqual(fields.sort());
  });
});

describe('a session policy that today’s release does not render', () => {
  it.each(otherPolicies)('does not follow: %s', (_, terms) => {
    expect(termsFollow(terms)).toBe(true);
    expect(policyFollows(terms)).toBe(false);
  });

  it.each(otherPolicies)(
    'is not issued, nor called an alteration, since a new release may be why: %s',
    (_, terms) => {
      expect(judged(terms)).toEqual({ failure: 'entitlement_changed' });
    },
  );
});

describe('terms that `newRequest` makes', () => {
  it.each(Object.keys(samples))('follow from the catalogue: %s', (sample) => {
    expect(termsFollow(termsOf(sample))).toBe(true);
    expect(policyFollows(termsOf(sample))).toBe(true);
    expect(judged(termsOf(sample))).toHaveProperty('endsAt');
  });

  it.each<[string, Terms]>([
    ['a minute', forge('read', { durationSeconds: 60 })],
    ['the longest duration', forge('read', { durationSeconds: 8 * 3_600 })],
    ['a start in a second', forge('later', { startAt: addSeconds(madeAt, 1) })],
    ['a start in 30 days', forge('later', { startAt: addSeconds(madeAt, 30 * 86_400) })],
    ['a parameter that may be left out', forge('item', { parameters: { order: '1', part: '2' } })],
    ['another address', forge('item', { sourceIp: '2001:db8::7' })],
  ])('follow at their limits: %s', (_, terms) => {
    expect(termsFollow(terms) && policyFollows(terms)).toBe(true);
  });

  it('follow whatever is asked for', () => {
    const wishes = fc.record({
      sample: fc.constantFrom('orders-read', 'orders-admin', 'orders-item'),
      durationSeconds: fc.option(fc.integer({ min: 60, max: 7_200 }), { nil: undefined }),
      lead: fc.option(fc.integer({ min: 1, max: 30 * 86_400 }), { nil: undefined }),
      order: fc.integer({ min: 0, max: 9_999_999_999 }),
      part: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
      sourceIp: fc.oneof(fc.ipV4(), fc.ipV6()),
      machine: fc.boolean(),
    });
    fc.assert(
      fc.property(wishes, ({ sample, durationSeconds, lead, order, part, sourceIp, machine }) => {
        const parameters: Record<string, string> =
          sample === 'orders-item'
            ? { order: String(order), ...(part !== undefined && { part: String(part) }) }
            : {};
        const { terms } = aNewRequest({
          catalogue,
          sourceIp,
          ...(machine && sample === 'orders-read' && { who: aMachine }),
          wish: {
            entitlement: sample,
            durationSeconds,
            parameters,
            ...(lead !== undefined && { startAt: addSeconds(madeAt, lead) }),
          },
        });
        return termsFollow(terms) && policyFollows(terms);
      }),
    );
  });
});
