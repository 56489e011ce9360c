import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import type { RoleDefinition } from '#infra/definitions.ts';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import { functionResourceName } from '#infra/installation.ts';
import type { Service } from '../support/service.ts';
import { serviceAccount } from '../support/table.ts';

/** Every role of the service account that works for Countersign: one for each function, and the workflow's. */
export const serviceRoleNames: readonly (FunctionName | 'workflow')[] = [...functionNames, 'workflow'];

export const roleArn = (name: string, account: string = serviceAccount): string =>
  `arn:aws:iam::${account}:role/${functionResourceName(name)}`;

/** The session name of what a test calls itself, so that it can be told from the functions' own calls. */
export const probe = 'probe';

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Unmodified SDK clients under some credentials, without retries: the first answer counts. */
export function clientsWith(service: Service, credentials: Credentials) {
  const settings = { region: 'us-east-1', endpoint: service.server.awsUrl, maxAttempts: 1, credentials };
  return {
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    ses: new SESv2Client(settings),
    sfn: new SFNClient(settings),
    sts: new STSClient(settings),
  };
}

export type Clients = ReturnType<typeof clientsWith>;

/** The same under a role's real credentials, as its function has them. */
export async function clientsOf(service: Service, name: FunctionName | 'workflow'): Promise<Clients> {
  return clientsWith(service, await service.server.aws.credentialsFor(roleArn(name), probe));
}

/** What became of a call: `allowed`, or the name of the error that the SDK raised. */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

/** STS and IAM say AccessDenied, the JSON services AccessDeniedException. */
export const refused = /^AccessDenied(Exception)?$/;

/** Changes a role until the answered function is called. */
export function withRole(
  service: Service,
  arn: string,
  change: (definition: RoleDefinition) => RoleDefinition,
): () => void {
  const { aws } = service.server;
  let before: RoleDefinition | undefined;
  aws.changeRole(arn, (definition) => {
    before = definition;
    return change(definition);
  });
  return () => aws.changeRole(arn, (definition) => before ?? definition);
}

/** Takes an action away from a function for a while: an outage of that call, as the function sees it. */
export const without = (service: Service, name: FunctionName | 'workflow', action: string): (() => void) =>
  withRole(service, roleArn(name), (definition) => ({
    ...definition,
    policy: {
      ...definition.policy,
      Statement: [...definition.policy.Statement, { Effect: 'Deny', Action: action, Resource: '*' }],
    },
  }));
