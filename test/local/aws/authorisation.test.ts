import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyDocument, RoleDefinition, Statement } from '#infra/definitions.ts';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  allow,
  clientFor,
  clientWith,
  credentialsOf,
  functionRole,
  production,
  region,
  roleArn,
  sampleManagedPolicies,
  service,
  startSampleEndpoint,
} from './sampleEndpoint.ts';

const policyOf = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const readsOnly = `arn:aws:iam::${production}:policy/reads-only`;
const key = {
  arn: `arn:aws:kms:${region}:${production}:key/99999999-2222-3333-4444-555555555555`,
  alias: 'alias/sample',
  policy: policyOf({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:sts::${production}:assumed-role/orders/named-session` },
    Action: 'kms:GenerateMac',
    Resource: '*',
  }),
};

/** A role of the production account that sessions of `orders` may assume. */
function chainedRole(
  name: string,
  statements: Statement[],
  trusted: string[],
  more: Partial<RoleDefinition> = {},
): RoleDefinition {
  return {
    account: production,
    name,
    trustPolicy: policyOf({
      Effect: 'Allow',
      Principal: { AWS: roleArn(production, 'orders') },
      Action: trusted,
    }),
    policy: policyOf(...statements),
    managedPolicyArns: [],
    maxSessionDuration: 3600,
    ...more,
  };
}

const everySts = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const readOrders = allow('dynamodb:GetItem', `arn:aws:dynamodb:${region}:${production}:table/orders`);

let endpoint: AwsEndpoint;
let issuer: STSClient;

beforeAll(async () => {
  endpoint = await startSampleEndpoint({
    keys: [key],
    managedPolicies: [
      ...sampleManagedPolicies,
      { arn: readsOnly, policy: policyOf(allow('dynamodb:Query')) },
    ],
    roles: [
      chainedRole('plain', [readOrders], ['sts:AssumeRole']),
      chainedRole('bounded', [readOrders], everySts, { boundaryArn: readsOnly }),
      chainedRole(
        'tagged',
        [{ ...readOrders, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } }],
        everySts,
      ),
      chainedRole(
        'revoked',
        [
          readOrders,
          {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { DateLessThan: { 'aws:TokenIssueTime': '2100-01-01T00:00:00Z' } },
          },
        ],
        everySts,
      ),
      chainedRole(
        'personal',
        [{ ...readOrders, Condition: { StringEquals: { 'aws:SourceIdentity': 'alice@example.com' } } }],
        everySts,
      ),
    ],
  });
  issuer = new STSClient(await clientFor(endpoint, 'issuer'));
});
afterAll(() => endpoint.close());

const orders = async (input: Partial<AssumeRoleCommandInput> = {}) => {
  const answer = await issuer.send(
    new AssumeRoleCommand({ RoleArn: roleArn(production, 'orders'), RoleSessionName: '01REQUEST', ...input }),
  );
  return clientWith(endpoint, credentialsOf(answer));
};
const chained = async (
  name: string,
  first: Partial<AssumeRoleCommandInput> = {},
  next: Partial<AssumeRoleCommandInput> = {},
) => {
  const client = new STSClient(await orders(first));
  const input = { RoleArn: roleArn(production, name), RoleSessionName: 'chained', ...next };
  return clientWith(endpoint, credentialsOf(await client.send(new AssumeRoleCommand(input))));
};
const read = async (settings: Awaited<ReturnType<typeof orders>>) =>
  new DynamoDBClient(settings).send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } }));

describe('what limits a session', () => {
  test("a permissions boundary takes away from the role's own policy", async () => {
    await expect(read(await chained('bounded'))).rejects.toThrow(
      'because no permissions boundary allows the dynamodb:GetItem action',
    );
  });
  test('a Deny by time of issue ends the sessions issued before', async () => {
    await expect(read(await chained('revoked'))).rejects.toThrow(
      'with an explicit deny in an identity-based policy',
    );
  });
  test('a condition on the source identity holds through role chaining', async () => {
    const alice = await chained('personal', { SourceIdentity: 'alice@example.com' });
    await expect(read(alice)).resolves.toBeDefined();
    const mallory = await chained('personal', { SourceIdentity: 'mallory@example.com' });
    await expect(read(mallory)).rejects.toThrow('is not authorized to perform');
  });
  test('a session with a source identity cannot go on into a role that may not be given one', async () => {
    await expect(chained('plain')).resolves.toBeDefined();
    await expect(chained('plain', { SourceIdentity: 'alice@example.com' })).rejects.toThrow(
      'sts:SetSourceIdentity',
    );
  });
});

describe('session tags', () => {
  const Tags = [{ Key: 'team', Value: 'blue' }];

  test('are conditions on what the session does', async () => {
    await expect(read(await chained('tagged', {}, { Tags }))).resolves.toBeDefined();
    await expect(read(await chained('tagged'))).rejects.toThrow('is not authorized to perform');
  });
  test('reach the next session only if they are transitive, and then cannot be set again', async () => {
    await expect(read(await chained('tagged', { Tags }))).rejects.toThrow('is not authorized to perform');
    const transitive = { Tags, TransitiveTagKeys: ['team'] };
    await expect(read(await chained('tagged', transitive))).resolves.toBeDefined();
    await expect(chained('plain', transitive)).rejects.toThrow('sts:TagSession');
    const again = { Tags: [{ Key: 'Team', Value: 'red' }] };
    await expect(chained('tagged', transitive, again)).rejects.toThrow('transitive tag key');
  });
});

describe('a resource policy that names the session itself', () => {
  const generate = new GenerateMacCommand({
    KeyId: key.arn,
    MacAlgorithm: 'HMAC_SHA_256',
    Message: new Uint8Array(1),
  });
  const session = async (name: string, ...statements: Statement[]) =>
    new KMSClient(await orders({ RoleSessionName: name, Policy: JSON.stringify(policyOf(...statements)) }));

  test('grants beyond the session policy: only an explicit Deny limits that', async () => {
    const narrowed = await session('named-session', readOrders);
    await expect(narrowed.send(generate)).resolves.toBeDefined();
    const denied = await session('named-session', readOrders, {
      Effect: 'Deny',
      Action: 'kms:*',
      Resource: '*',
    });
    await expect(denied.send(generate)).rejects.toThrow('with an explicit deny in a session policy');
  });
  test('grants nothing to another session of the role', async () => {
    const other = await session('other-session', readOrders);
    await expect(other.send(generate)).rejects.toThrow('is not authorized to perform');
  });
});

describe('the endpoint does not start', () => {
  test.each([
    [
      'with a role whose policy has an unknown element',
      functionRole('bad', [Object.assign(allow('s3:*'), { Conditions: {} })]),
    ],
    [
      'with a boundary that is not defined',
      functionRole('bad', [], { boundaryArn: `arn:aws:iam::${service}:policy/none` }),
    ],
    [
      'with a trust policy of more than 2,048 characters',
      functionRole('bad', [], {
        trustPolicy: policyOf({
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Sid: 'a'.repeat(2048),
        }),
      }),
    ],
  ])('%s', async (_, role) => {
    await expect(startSampleEndpoint({ roles: [role] })).rejects.toThrow('bad');
  });
});

test('a port that is taken is said so, and nothing stays open', async () => {
  await expect(startSampleEndpoint({ port: endpoint.port })).rejects.toThrow('EADDRINUSE');
});
