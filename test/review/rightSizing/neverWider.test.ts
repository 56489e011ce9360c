import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { PolicyStatement } from '#domain/entitlement.ts';
import { statementSchema } from '#domain/entitlementSchema.ts';
import { rightSizingOf } from '#review/rightSizing/rightSizing.ts';
import { isAllowed } from '../../domain/simulatedAccess.ts';
import { targetAccount } from '../records.ts';
import { aCall, allowing, aUsedGrant, grantedAt, logsShowing, openLogs } from './usedGrant.ts';

/** Operations as CloudTrail names them, with the action that a policy names. */
const operations = {
  'dynamodb:GetItem': 'dynamodb:GetItem',
  'dynamodb:Query': 'dynamodb:Query',
  'dynamodb:DescribeTable': 'dynamodb:DescribeTable',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:DeleteObjects': 's3:DeleteObject',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:CreateQueue': 'sqs:CreateQueue',
} as const;
type Operation = keyof typeof operations;

const table = (name: string) => `arn:aws:dynamodb:us-east-1:${targetAccount}:table/${name}`;
const queue = (name: string) => `arn:aws:sqs:eu-west-1:${targetAccount}:${name}`;
const resourcesOf: Record<string, string[]> = {
  dynamodb: [table('orders'), table('orders-old'), table('people')],
  's3:ListBucket': ['arn:aws:s3:::invoices', 'arn:aws:s3:::letters'],
  s3: ['arn:aws:s3:::invoices/2026/1.pdf', 'arn:aws:s3:::invoices/x', 'arn:aws:s3:::letters/2026/1.pdf'],
  sqs: [queue('jobs'), queue('jobs-late')],
};
const resourcesFor = (action: string): string[] =>
  resourcesOf[action] ?? resourcesOf[action.split(':')[0] ?? ''] ?? [];

const someOf = <Item>(items: Item[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength });

const statements: fc.Arbitrary<PolicyStatement> = fc.record(
  {
    Effect: fc.constant('Allow' as const),
    Action: someOf([
      ...Object.values(operations),
      '*',
      'dynamodb:*',
      'dynamodb:Get*',
      'DynamoDB:get?tem',
      's3:*',
      's3:*Object',
      's3:List*',
      'sqs:*',
      'sqs:Send*',
    ]),
    Resource: someOf([
      ...Object.values(resourcesOf).flat(),
      '*',
      table('*'),
      `arn:aws:dynamodb:*:${targetAccount}:table/orders*`,
      'arn:aws:dynamodb:*:*:*',
      'arn:aws:s3:::*',
      'arn:aws:s3:::invoices/*',
      'arn:aws:s3:::invoices/2026/*',
      'arn:aws:s3:::*/2026/?.pdf',
      'arn:aws:s3:::\u0024{aws:userid}/*',
      'arn:aws:sqs:*:*:jobs*',
      queue('jobs?late'),
    ]),
    Condition: fc.constantFrom(
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } },
    ),
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
);

interface Access {
  operation: Operation;
  action: string;
  resource: string;
}
const accesses: fc.Arbitrary<Access> = fc
  .constantFrom(...(Object.keys(operations) as Operation[]))
  .chain((operation) =>
    fc.constantFrom(...resourcesFor(operations[operation])).map((resource) => ({
      operation,
      action: operations[operation],
      resource,
    })),
  );
const everyAccess: Access[] = (Object.keys(operations) as Operation[]).flatMap((operation) =>
  resourcesFor(operations[operation]).map((resource) => ({
    operation,
    action: operations[operation],
    resource,
  })),
);

const allows = (policy: string, { action, resource }: Access) =>
  isAllowed(policy, { action, resource, at: grantedAt });

/** The end of the session is not what this is about. */
const open = (policy: readonly PolicyStatement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: policy });

const logs = fc.constantFrom(
  openLogs,
  logsShowing('ec2:DescribeInstances'),
  logsShowing('s3:GetObject', 'ec2:RunInstances'),
);

describe('whatever was granted and called', () => {
  test.prop(
    [fc.array(statements, { minLength: 1, maxLength: 3 }), fc.array(accesses, { maxLength: 6 }), logs],
    {
      numRuns: 60,
    },
  )(
    'the proposal allows what was done, nothing that was not allowed, and is fit for the catalogue',
    async (granted, tried, trail) => {
      const before = open(granted);
      const allowed = await Promise.all(tried.map((access) => allows(before, access)));
      const done = tried.filter((_, index) => allowed[index]);
      const calls = done.map(({ operation, resource }) => aCall(operation, { object: resource }));
      const [use] = rightSizingOf({
        grants: [aUsedGrant({ policy: allowing(...granted), calls })],
        catalogues: new Map(),
        trail,
      });
      if (!use?.proposal) return;
      for (const statement of use.proposal) expect(statementSchema.safeParse(statement).success).toBe(true);
      const after = open(use.proposal as PolicyStatement[]);
      for (const access of done) expect([access, await allows(after, access)]).toEqual([access, true]);
      for (const access of everyAccess)
        if (await allows(after, access))
          expect([access, await allows(before, access)]).toEqual([access, true]);
    },
  );
});
