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
      'GetItem and Query in dynamodb on table/orders in any region',
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
      'SendMessage in sqs on orders in eu-west-1',
    ],
    [
      'colons in a name',
      'logs:GetLogEvents',
      'arn:aws:logs:*:111122223333:log-group:orders:*',
      'GetLogEvents in logs on log-group:orders:* in any region',
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
      ...read,
      managedPolicies: ['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'],
      allowChaining: true,
    };
    expect(describePermissions(entitlement, { order: '1001' }).slice(1)).toEqual([
      'Everything that the managed policy ViewOnlyAccess allows (arn:aws:iam::aws:policy/job-function/ViewOnlyAccess)',
      'Only where order is 1001',
      'May assume further roles, whose sessions can outlive this grant',
    ]);
  });
});
