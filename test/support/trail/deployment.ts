import { addSeconds, type Instant } from '#domain/instant.ts';
import { apiRecord, type Caller, serviceCaller } from './background/apiRecord.ts';
import { awsService, sessionOf } from './background/identities.ts';
import { assumption } from './background/issuingCalls.ts';
import type { Random } from './random.ts';
import type { TrailRecord } from './trailRecord.ts';

const cloudFormation = 'cloudformation.amazonaws.com';

/** A deployment of Countersign's stack by the CDK: CloudFormation changes roles, functions, keys and rules in its name. */
export function deployment(
  random: Random,
  { account, region, at, kind }: { account: string; region: string; at: Instant; kind: 'service' | 'target' },
): TrailRecord[] {
  const roleArn = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`;
  const session = sessionOf(random, {
    roleArn,
    name: 'AWSCloudFormation',
    at,
    extra: { invokedBy: cloudFormation },
  });
  const caller: Caller = serviceCaller(session.identity, { account, region }, cloudFormation);
  const started = assumption(
    random,
    serviceCaller(awsService(cloudFormation), { account, region }, cloudFormation),
    {
      at,
      session,
      withoutUser: true,
    },
  );
  const changes = kind === 'service' ? serviceChanges(account, region) : targetChanges(account);
  return [
    started,
    ...changes.map(({ source, name, request }, index) =>
      apiRecord(random, caller, {
        at: addSeconds(at, 5 + 2 * index),
        source,
        name,
        fields: {
          readOnly: false,
          requestParameters: request,
          // IAM is one for all regions.
          ...(source === 'iam.amazonaws.com' && { awsRegion: 'us-east-1' }),
        },
      }),
    ),
  ];
}

interface Change {
  source: string;
  name: string;
  request: Record<string, unknown>;
}

const serviceChanges = (account: string, region: string): Change[] => [
  {
    source: 'iam.amazonaws.com',
    name: 'PutRolePolicy',
    request: {
      roleName: 'countersign-decisions',
      policyName: 'own',
      policyDocument: '{"Version":"2012-10-17"}',
    },
  },
  {
    source: 'iam.amazonaws.com',
    name: 'UpdateAssumeRolePolicy',
    request: { roleName: 'countersign-notary', policyDocument: '{"Version":"2012-10-17"}' },
  },
  {
    source: 'lambda.amazonaws.com',
    name: 'UpdateFunctionCode20150331v2',
    request: { functionName: 'countersign-issue-session', dryRun: false, publish: false },
  },
  {
    source: 'kms.amazonaws.com',
    name: 'PutKeyPolicy',
    request: { keyId: `arn:aws:kms:${region}:${account}:alias/countersign-requests`, policyName: 'default' },
  },
  {
    source: 'states.amazonaws.com',
    name: 'UpdateStateMachine',
    request: {
      stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:countersign-grant`,
      definition: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
  },
  {
    source: 'events.amazonaws.com',
    name: 'PutRule',
    request: { name: 'countersign-assumed', state: 'ENABLED', eventBusName: 'default' },
  },
  {
    source: 'cloudtrail.amazonaws.com',
    name: 'PutEventSelectors',
    request: { trailName: `arn:aws:cloudtrail:${region}:${account}:trail/countersign` },
  },
];

const targetChanges = (account: string): Change[] => [
  {
    source: 'iam.amazonaws.com',
    name: 'CreatePolicy',
    request: { policyName: 'countersign-boundary-orders-item', path: '/' },
  },
  {
    source: 'iam.amazonaws.com',
    name: 'CreateRole',
    request: {
      roleName: 'countersign-orders-item',
      permissionsBoundary: `arn:aws:iam::${account}:policy/countersign-boundary-orders-item`,
    },
  },
  {
    source: 'iam.amazonaws.com',
    name: 'PutRolePolicy',
    request: {
      roleName: 'countersign-orders-read',
      policyName: 'own',
      policyDocument: '{"Version":"2012-10-17"}',
    },
  },
];
