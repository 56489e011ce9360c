import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  MacKeyDefinition,
  ManagedPolicyDefinition,
  RoleDefinition,
  Statement,
  TableDefinition,
} from '#infra/definitions.ts';
import { type AwsEndpoint, type AwsEndpointOptions, startAwsEndpoint } from '#local/aws/endpoint.ts';
import { createClock } from '#local/clock.ts';
import { createStateMachine } from '#local/states/stateMachine.ts';
import { openStore } from '#local/store.ts';

export const region = 'us-east-1';
export const service = '999988887777';
export const production = '111122223333';
export const stateMachineArn = `arn:aws:states:${region}:${service}:stateMachine:grants`;
export const keyArn = `arn:aws:kms:${region}:${service}:key/11111111-2222-3333-4444-555555555555`;
export const boundaryArn = `arn:aws:iam::${production}:policy/orders-boundary`;
export const readOnlyArn = `arn:aws:iam::${production}:policy/orders-read-only`;

/** One clock for the whole test process: `Date` belongs to the process. */
export const clock = createClock();

export const roleArn = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;

export const allow = (Action: string | string[], Resource: string | string[] = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const trustedBy = (Service: string): Statement => ({
  Effect: 'Allow',
  Principal: { Service },
  Action: 'sts:AssumeRole',
});

/** A role that Lambda may assume, with the given permissions. */
export function functionRole(
  name: string,
  statements: Statement[],
  more: Partial<RoleDefinition> = {},
): RoleDefinition {
  return {
    account: service,
    name,
    trustPolicy: { Version: '2012-10-17', Statement: [trustedBy('lambda.amazonaws.com')] },
    policy: { Version: '2012-10-17', Statement: statements },
    managedPolicyArns: [],
    maxSessionDuration: 3600,
    ...more,
  };
}

const ordersArn = `arn:aws:dynamodb:${region}:${production}:table/orders`;

/** The production role that the issuer may assume for people, bounded by a policy that the revoker edits. */
const ordersRole: RoleDefinition = {
  account: production,
  name: 'orders',
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${service}:root` },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn(service, 'issuer') } },
      },
    ],
  },
  policy: { Version: '2012-10-17', Statement: [allow('dynamodb:*', ordersArn), allow('sts:AssumeRole')] },
  managedPolicyArns: [],
  boundaryArn,
  maxSessionDuration: 43_200,
};

export const sampleRoles: RoleDefinition[] = [
  functionRole('issuer', [
    allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], roleArn(production, 'orders')),
  ]),
  functionRole('stranger', [allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])]),
  functionRole('nobody', []),
  ordersRole,
];

export const sampleTables: { account: string; table: TableDefinition }[] = [
  { account: production, table: { name: 'orders', partitionKey: 'id', indexes: [] } },
  {
    account: service,
    table: {
      name: 'requests',
      partitionKey: 'pk',
      sortKey: 'sk',
      indexes: [{ name: 'byStatus', partitionKey: 'status', sortKey: 'dueAt' }],
    },
  },
];

export const sampleManagedPolicies: ManagedPolicyDefinition[] = [
  { arn: boundaryArn, policy: { Version: '2012-10-17', Statement: [allow('*')] } },
  { arn: readOnlyArn, policy: { Version: '2012-10-17', Statement: [allow('dynamodb:GetItem', ordersArn)] } },
];

export const sampleKey: MacKeyDefinition = {
  arn: keyArn,
  alias: 'alias/countersign/requests',
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: roleArn(service, 'sealer') },
        Action: 'kms:GenerateMac',
        Resource: '*',
      },
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${service}:root` }, Action: 'kms:*', Resource: '*' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:GenerateMac',
        Resource: '*',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': roleArn(service, 'sealer') } },
      },
    ],
  },
};

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'countersign-test-'));

/** An endpoint with a small estate; `more` adds to it or replaces parts of it. */
export async function startSampleEndpoint(
  more: Partial<Omit<AwsEndpointOptions, 'clock' | 'region' | 'roles'>> & { roles?: RoleDefinition[] } = {},
): Promise<AwsEndpoint> {
  const store = more.store ?? openStore();
  const stateMachine = createStateMachine({
    arn: stateMachineArn,
    definition: waitForCallback,
    tasks: {
      invokeFunction: async () => ({}),
      updateItem: async () => ({}),
    },
    store,
    clock,
  });
  stateMachine.start();
  const endpoint = await startAwsEndpoint({
    port: 0,
    trailDirectory: temporaryFolder(),
    managedPolicies: sampleManagedPolicies,
    keys: [sampleKey],
    tables: sampleTables,
    stateMachine,
    ...more,
    roles: [...sampleRoles, ...(more.roles ?? [])],
    region,
    clock,
    store,
  });
  return {
    ...endpoint,
    async close() {
      await endpoint.close();
      await stateMachine.stop();
    },
  };
}

const waitForCallback = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken',
      Arguments: { TableName: 'requests' },
      TimeoutSeconds: 3600,
      End: true,
    },
  },
};

/** SDK client settings for a function running under a role of the service account. */
export async function clientFor(endpoint: AwsEndpoint, name: string, sessionName = 'function') {
  const { accessKeyId, secretAccessKey, sessionToken } = await endpoint.credentialsFor(
    roleArn(service, name),
    sessionName,
  );
  return clientWith(endpoint, { accessKeyId, secretAccessKey, sessionToken });
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export const clientWith = (endpoint: AwsEndpoint, credentials: Credentials) => ({
  region,
  endpoint: endpoint.url,
  credentials,
  maxAttempts: 1,
});

/** The credentials in an answer of AssumeRole. */
export function credentialsOf(answer: {
  Credentials?:
    | {
        AccessKeyId: string | undefined;
        SecretAccessKey: string | undefined;
        SessionToken: string | undefined;
      }
    | undefined;
}): Credentials {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error('The answer holds no credentials.');
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** The error that a promise rejects with; fails if it does not. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<Error & { $metadata?: { httpStatusCode?: number } }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('The call was not refused.');
}
