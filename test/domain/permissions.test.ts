import { describe, expect, it } from 'vitest';
import { describePermissions } from '#domain/permissions.ts';
import { anEntitlement } from '../support/builders.ts';

const read = anEntitlement('orders-read');
const described = (
  Action: string | string[],
  Resource: string | string[],
  Condition?: Record<string, Record<string, string>>,
) =>
  describePermissions(
    { ...read, policy: [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }] },
    {},
  )[0];

describe('permissions in plain words', () => {
  it('say what may be done, in which service, on what', () => {
    expect(describePermissions(read, {})).toEqual([
      'GetItem and Query in dynamodb on table/orders of account 111122223333 in any region',
    ]);
  });

  it.each<[string, string | string[], string | string[], string]>([
    ['one action', 's3:GetObject', 'arn:aws:s3:::orders/*', 'GetObject in s3 on orders/*'],
    [
      'several',
      ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
      'arn:aws:s3:::orders',
      'GetObject, PutObject and ListBucket in s3 on orders',
    ],
    [
      'a region',
      'sqs:SendMessage',
      'arn:aws:sqs:eu-west-1:111122223333:orders',
      'SendMessage in sqs on orders of account 111122223333 in eu-west-1',
    ],
    [
      'colons in a name',
      'logs:GetLogEvents',
      'arn:aws:logs:*:111122223333:log-group:orders:*',
      'GetLogEvents in logs on log-group:orders:* of account 111122223333 in any region',
    ],
    [
      'another account than the target’s',
      'dynamodb:GetItem',
      'arn:aws:dynamodb:*:444455556666:table/orders',
      'GetItem in dynamodb on table/orders of account 444455556666 in any region',
    ],
    [
      'any account',
      'dynamodb:GetItem',
      'arn:aws:dynamodb:eu-west-1:*:table/orders',
      'GetItem in dynamodb on table/orders of any account in eu-west-1',
    ],
    [
      'an account without a region',
      'iam:GetRole',
      'arn:aws:iam::111122223333:role/orders',
      'GetRole in iam on role/orders of account 111122223333',
    ],
    ['everything', '*', '*', 'everything in any service on every resource'],
    ['everything of a service', 'dynamodb:*', '*', '* in dynamodb on every resource'],
  ])('of %s', (_, action, resource, words) => {
    expect(described(action, resource)).toBe(words);
  });

  it('mention conditions', () => {
    expect(described('s3:GetObject', '*', { Bool: { 'aws:SecureTransport': 'true' } })).toBe(
      'GetObject in s3 on every resource under conditions',
    );
  });

  it('leave protective Denies out: they are no permission', () => {
    expect(
      describePermissions(
        { ...read, policy: [...read.policy, { Effect: 'Deny', Action: '*', Resource: '*' }] },
        {},
      ),
    ).toHaveLength(1);
  });

  it('name managed policies, parameters and chaining, each on a line', () => {
    const entitlement = {
      ...anEntitlement('orders-item'),
      managedPolicies: ['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'],
      allowChaining: true,
    };
    expect(describePermissions(entitlement, { order: '1001' }).slice(1)).toEqual([
      'Everything that the managed policy ViewOnlyAccess allows (arn:aws:iam::aws:policy/job-function/ViewOnlyAccess)',
      'Only where order is 1001',
      'May assume further roles, whose sessions can outlive this grant',
    ]);
  });

  describe('of a parameter', () => {
    const item = anEntitlement('orders-item');
    const narrowing = (parameters?: Record<string, string>) => describePermissions(item, parameters).slice(1);

    it('say what it narrows to, when it was given', () => {
      expect(narrowing({ order: '1001' })).toEqual(['Only where order is 1001']);
    });

    it('say that nothing is narrowed, when it was left out', () => {
      expect(narrowing({})).toEqual(['Not narrowed by order']);
      expect(narrowing(Object.create({ order: '1001' }))).toEqual(['Not narrowed by order']);
    });

    it('say that it narrows, while nobody has asked yet', () => {
      expect(narrowing()).toEqual(['Narrowed by order']);
    });

    it('say nothing of one that the entitlement has not', () => {
      expect(describePermissions(read, { order: '1001' })).toHaveLength(1);
    });
  });
});
