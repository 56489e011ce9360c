import { describe, expect, it } from 'vitest';
import { catalogueFindings } from '#domain/catalogueFindings.ts';
import { dangerousActions } from '#domain/dangerousActions.ts';
import { policyRisks } from '#domain/policyRisks.ts';
import { aCatalogue, entitlementIn, entryOf } from '../support/builders.ts';

type Over = Partial<ReturnType<typeof entitlementIn>>;

const orders = 'arn:aws:dynamodb:*:111122223333:table/orders';

function saidOf(over: Over): string[] {
  const catalogue = aCatalogue((source) => {
    Object.assign(entitlementIn(source, 'orders-read'), over);
  });
  return policyRisks(entryOf(catalogue, 'orders-read')).map(({ severity, path, message }) => {
    expect(severity).toBe('warning');
    return `${path.slice(2).join('.')} ${message}`;
  });
}

const allowing = (Action: string | string[], Resource: string | string[] = orders): Over => ({
  policy: [{ Effect: 'Allow', Action, Resource }],
});

describe('nothing is said of', () => {
  it.each(['orders-read', 'orders-admin', 'orders-item'])('%s of the sample catalogue', (id) => {
    expect(policyRisks(entryOf(aCatalogue(), id))).toEqual([]);
  });

  it.each<[string, Over]>([
    ['a wildcard over harmless actions', allowing('dynamodb:Get*')],
    ['a dangerous action that is named, on a resource that is named', allowing('dynamodb:DeleteTable')],
    ['any resource for harmless actions', allowing('dynamodb:ListTables', '*')],
    [
      'a dangerous action on any resource under a condition',
      {
        policy: [
          {
            Effect: 'Allow',
            Action: 'iam:PassRole',
            Resource: '*',
            Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
          },
        ],
      },
    ],
    [
      'what is denied',
      {
        policy: [
          { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: orders },
          { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
        ],
      },
    ],
    ['a resource of no account, or of any', allowing('s3:GetObject', ['arn:aws:s3:::orders/*', orders])],
    [
      'taking any role without chaining: each session policy denies that',
      allowing(['sts:AssumeRole', 'dynamodb:GetItem'], '*'),
    ],
    [
      'a managed policy that only reads',
      { managedPolicies: ['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'] },
    ],
  ])('%s', (_, over) => {
    expect(saidOf(over)).toEqual([]);
  });
});

describe('a warning is', () => {
  it.each<[string, Over, string]>([
    ['everything', allowing('*'), 'policy.0.Action * allows everything. Name the actions that are needed'],
    ['everything of every service', allowing('*:*'), 'policy.0.Action *:* allows everything. Name'],
    [
      'a wildcard over one dangerous action, in any letter case',
      allowing('DYNAMODB:deletetab?e'),
      'policy.0.Action DYNAMODB:deletetab?e allows dynamodb:DeleteTable, which destroys what cannot be brought back. Name the actions',
    ],
    [
      'a wildcard over several',
      allowing(['dynamodb:GetItem', 'iam:Create*']),
      'policy.0.Action iam:Create* allows iam:CreateAccessKey, which makes access that outlives the grant, and 5 more of that kind. Name',
    ],
    [
      'a dangerous action on any resource',
      allowing(['iam:PassRole', 'dynamodb:GetItem'], '*'),
      'policy.0.Resource is * for iam:PassRole, which takes rights that the entitlement does not name. Name the resources, or add a Condition',
    ],
    [
      'a resource of another account',
      allowing('dynamodb:GetItem', 'arn:aws:dynamodb:*:444455556666:table/orders'),
      'policy.0.Resource arn:aws:dynamodb:*:444455556666:table/orders is in account 444455556666, and the target is 111122223333.',
    ],
    [
      'a managed policy that allows nearly everything',
      {
        managedPolicies: [
          'arn:aws:iam::aws:policy/ReadOnlyAccess',
          'arn:aws:iam::aws:policy/AdministratorAccess',
        ],
      },
      'managedPolicies.1 allows nearly everything.',
    ],
    ['chaining', { allowChaining: true }, 'allowChaining lets the session assume further roles'],
  ])('%s', (_, over, says) => {
    expect(saidOf(over)).toEqual([expect.stringContaining(says)]);
  });

  it.each<[string, string, string, string]>([
    ['all roles', 'sts:AssumeRole', '*', 'is * for sts:AssumeRole'],
    ['all roles, by a wildcard', 'sts:Assume*', '*', 'is * for sts:Assume*'],
    [
      'all roles of the target',
      'STS:AssumeRole',
      'arn:aws:iam::111122223333:role/*',
      'arn:aws:iam::111122223333:role/* is every role of account 111122223333 for STS:AssumeRole',
    ],
    [
      'all roles of all accounts',
      'sts:AssumeRole',
      'arn:aws-cn:iam::*:role*',
      'arn:aws-cn:iam::*:role* is every role of more than one account for sts:AssumeRole',
    ],
  ])('chaining into %s', (_, action, resource, says) => {
    const [first, ...rest] = saidOf({ ...allowing(action, resource), allowChaining: true });
    expect(first).toContain(`policy.0.Resource ${says}: the session can take any role that trusts it`);
    expect(rest).toEqual([expect.stringMatching(/^allowChaining /)]);
  });

  it.each<[string, Over]>([
    ['roles that are named', allowing('sts:AssumeRole', 'arn:aws:iam::111122223333:role/reports-*')],
    [
      'any role under a condition',
      {
        policy: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Resource: '*',
            Condition: { StringEquals: { 'aws:ResourceTag/chained': 'true' } },
          },
        ],
      },
    ],
    ['what takes no role', allowing('dynamodb:GetItem', '*')],
  ])('no other where chaining is into %s', (_, over) => {
    expect(saidOf({ ...over, allowChaining: true })).toEqual([expect.stringMatching(/^allowChaining /)]);
  });

  it('found in each statement by its own number', () => {
    const said = saidOf({
      policy: [
        { Effect: 'Deny', Action: 's3:*', Resource: '*' },
        { Effect: 'Allow', Action: 'kms:*', Resource: orders },
        { Effect: 'Allow', Action: 'cloudtrail:Stop*', Resource: orders },
      ],
    });
    expect(said.map((line) => line.split(' ')[0])).toEqual(['policy.1.Action', 'policy.2.Action']);
    expect(said[1]).toContain('which stops or erases evidence');
  });
});

it('lists each dangerous action once, as IAM writes it', () => {
  const all = Object.values(dangerousActions).flat();
  expect(new Set(all).size).toBe(all.length);
  for (const action of all) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z]+$/);
});

it('is told of each entitlement, with what is said of its approvers', () => {
  expect(catalogueFindings(aCatalogue())).toEqual([]);
  const catalogue = aCatalogue((source) => {
    Object.assign(entitlementIn(source, 'orders-read'), { approval: [], allowChaining: true });
    Object.assign(entitlementIn(source, 'orders-item'), { allowChaining: true });
  });
  expect(catalogueFindings(catalogue).map(({ path }) => path.slice(1).join(' '))).toEqual([
    'orders-read approval',
    'orders-read allowChaining',
    'orders-item allowChaining',
  ]);
});
