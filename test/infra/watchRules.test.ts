import { describe, expect, test } from 'vitest';
import { functionNames } from '#infra/functions.ts';
import { functionResourceName } from '#infra/installation.ts';
import { serviceRules } from '#infra/serviceWatchRules.ts';
import type { Pattern, WatchRule } from '#infra/watchPattern.ts';
import { accountRules } from '#infra/watchRules.ts';
import { matches } from '../support/eventPattern.ts';
import { someSettings } from '../support/stacks.ts';

const settings = someSettings();
const service = '999988887777';
const target = '111122223333';
const inTargets = accountRules(settings);
const inService = [...inTargets, ...serviceRules(settings)];

interface Call {
  source: string;
  eventName: string;
  requestParameters?: Record<string, unknown> | null;
  userIdentity?: Record<string, unknown>;
  [field: string]: unknown;
}

const byRole = (name: string, account = service) => ({
  type: 'AssumedRole',
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${account}:role/${name}` } },
});
const administrator = byRole('administrator');
const user = { type: 'IAMUser', arn: `arn:aws:iam::${service}:user/mallory` };
const root = { type: 'Root', arn: `arn:aws:iam::${service}:root` };
const deployment = {
  ...byRole(`cdk-hnb659fds-cfn-exec-role-${service}-us-east-1`),
  invokedBy: 'cloudformation.amazonaws.com',
};

/** What EventBridge sees of a call by an administrator, unless told otherwise. */
function eventOf({ source, ...detail }: Call) {
  return {
    source: `aws.${source}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: `${source}.amazonaws.com`,
      userIdentity: administrator,
      requestParameters: {},
      readOnly: false,
      managementEvent: true,
      eventCategory: 'Management',
      ...detail,
    },
  };
}

const found = (rules: WatchRule[], call: Call): string[] =>
  rules.filter(({ pattern }) => matches(pattern, eventOf(call))).map(({ name }) => name);

const table = `arn:aws:dynamodb:us-east-1:${service}:table/countersign`;
const orders = `arn:aws:iam::${target}:role/countersign-orders-read`;
const boundary = `arn:aws:iam::${target}:policy/countersign-boundary-orders-read`;

const iam = (eventName: string, requestParameters: Record<string, unknown>): Call => ({
  source: 'iam',
  eventName,
  requestParameters,
});

/** Calls that every account's watch finds, and by which rule. */
const everywhere: [what: string, rule: string[], call: Call][] = [
  ['a new trust policy', ['roles'], iam('UpdateAssumeRolePolicy', { roleName: 'countersign-orders-read' })],
  [
    'a wider role, whatever the letter case',
    ['roles'],
    iam('PutRolePolicy', { roleName: 'Countersign-orders-read', policyName: 'x' }),
  ],
  [
    'another managed policy',
    ['roles'],
    iam('AttachRolePolicy', {
      roleName: 'countersign-orders-read',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
  ],
  [
    'a role without its boundary',
    ['roles'],
    iam('DeleteRolePermissionsBoundary', { roleName: 'countersign-orders-read' }),
  ],
  ['a role that is gone', ['roles'], iam('DeleteRole', { roleName: 'countersign-revoker' })],
  ['a role that was not there', ['roles'], iam('CreateRole', { roleName: 'countersign-backdoor' })],
  ['a role below such a path', ['roles'], iam('CreateRole', { roleName: 'evil', path: '/countersign-x/' })],
  [
    'a stack of a StackSet under another hand',
    ['stacks'],
    {
      source: 'cloudformation',
      eventName: 'UpdateStack',
      requestParameters: { stackName: 'StackSet-CountersignTargets-1' },
    },
  ],
  [
    'a stack that is gone, by ARN',
    ['stacks'],
    {
      source: 'cloudformation',
      eventName: 'DeleteStack',
      requestParameters: {
        stackName: `arn:aws:cloudformation:us-east-1:${target}:stack/CountersignTarget-production/1`,
      },
    },
  ],
  ['an emptied deny list', ['roles'], iam('CreatePolicyVersion', { policyArn: boundary })],
  ['an older deny list', ['roles'], iam('SetDefaultPolicyVersion', { policyArn: boundary })],
  [
    'a trail that stops',
    ['trail'],
    { source: 'cloudtrail', eventName: 'StopLogging', requestParameters: { name: 'countersign' } },
  ],
  [
    'a trail that is gone',
    ['trail'],
    {
      source: 'cloudtrail',
      eventName: 'DeleteTrail',
      requestParameters: { name: `arn:aws:cloudtrail:us-east-1:${target}:trail/countersign` },
    },
  ],
  [
    'a trail that is kept elsewhere',
    ['trail'],
    { source: 'cloudtrail', eventName: 'UpdateTrail', requestParameters: { name: 'countersign' } },
  ],
  [
    'a trail that records less',
    ['trail'],
    { source: 'cloudtrail', eventName: 'PutEventSelectors', requestParameters: { trailName: 'countersign' } },
  ],
  [
    'a rule of the watch that sleeps',
    ['rules', 'rules-again'],
    { source: 'events', eventName: 'DisableRule', requestParameters: { name: 'countersign-watch-rules' } },
  ],
  [
    'a rule of the watch that finds something else',
    ['rules', 'rules-again'],
    { source: 'events', eventName: 'PutRule', requestParameters: { name: 'countersign-watch-assumed' } },
  ],
  [
    'a rule of the watch that tells nobody',
    ['rules', 'rules-again'],
    {
      source: 'events',
      eventName: 'RemoveTargets',
      requestParameters: { rule: 'countersign-watch-assumed', ids: ['trail'] },
    },
  ],
];

/** Changes of who deploys: found in every account, whoever makes them. */
const becomingDeployer: [what: string, call: Call][] = [
  [
    'a role that would deploy, by its name',
    iam('CreateRole', { roleName: 'stacksets-exec-mallory', path: '/' }),
  ],
  [
    'a role that would deploy, by its path',
    iam('CreateRole', { roleName: 'innocent', path: '/stacksets-exec-x/' }),
  ],
  ['a deploy role that was not there', iam('CreateRole', { roleName: 'deploy-countersign' })],
  [
    'the trust of a deploy role, whatever the letter case',
    iam('UpdateAssumeRolePolicy', { roleName: 'Deploy-Countersign' }),
  ],
  ['an instance that deploys', iam('AddRoleToInstanceProfile', { roleName: 'deploy-countersign' })],
];

const cdkRole = (kind: string, account: string) => `cdk-hnb659fds-${kind}-role-${account}-us-east-1`;

/** The CDK's own deploy in the service's account only. */
const cdkChanges = (account: string): Call[] => [
  { ...iam('UpdateAssumeRolePolicy', { roleName: cdkRole('deploy', account) }), recipientAccountId: account },
  { ...iam('CreateRole', { roleName: cdkRole('cfn-exec', account) }), recipientAccountId: account },
];

/** Calls that the watch of the service's account finds besides. */
const onlyInService: [what: string, rule: string[], call: Call][] = [
  [
    'a bus that is gone',
    ['rules', 'rules-again'],
    { source: 'events', eventName: 'DeleteEventBus', requestParameters: { name: 'countersign-trail' } },
  ],
  [
    'a bus that somebody else may write to',
    ['rules', 'rules-again'],
    {
      source: 'events',
      eventName: 'PutPermission',
      requestParameters: { eventBusName: 'countersign-trail' },
    },
  ],
  [
    'an archive with another policy',
    ['archive'],
    {
      source: 's3',
      eventName: 'PutBucketPolicy',
      requestParameters: { bucketName: `countersign-trail-${service}-us-east-1` },
    },
  ],
  [
    'an archive with a shorter lock',
    ['archive'],
    {
      source: 's3',
      eventName: 'PutBucketObjectLockConfiguration',
      requestParameters: { bucketName: `countersign-trail-${service}-us-east-1` },
    },
  ],
  [
    'a key with another policy',
    ['keys'],
    {
      source: 'kms',
      eventName: 'PutKeyPolicy',
      requestParameters: { keyId: '5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e01' },
    },
  ],
  ['a key that is to be deleted', ['keys'], { source: 'kms', eventName: 'ScheduleKeyDeletion' }],
  ['a key that is switched off', ['keys'], { source: 'kms', eventName: 'DisableKey' }],
  ['a key under another’s name', ['keys'], { source: 'kms', eventName: 'UpdateAlias' }],
  ['a key whose loan is over', ['keys'], { source: 'kms', eventName: 'RevokeGrant' }],
  ['a key that is lent', ['grants'], { source: 'kms', eventName: 'CreateGrant' }],
  [
    'other code',
    ['functions'],
    {
      source: 'lambda',
      eventName: 'UpdateFunctionCode20150331v2',
      requestParameters: { functionName: 'countersign-issue-session' },
    },
  ],
  [
    'another environment, by ARN',
    ['functions'],
    {
      source: 'lambda',
      eventName: 'UpdateFunctionConfiguration20150331v2',
      requestParameters: {
        functionName: `arn:aws:lambda:us-east-1:${service}:function:countersign-decisions`,
      },
    },
  ],
  [
    'another who may run a function',
    ['functions'],
    {
      source: 'lambda',
      eventName: 'AddPermission20150331v2',
      requestParameters: { functionName: 'countersign-issue-session' },
    },
  ],
  [
    'a function that calls itself one of ours',
    ['functions'],
    {
      source: 'lambda',
      eventName: 'CreateFunction20150331',
      requestParameters: { functionName: 'countersign-evil' },
    },
  ],
  [
    'a queue that nobody reads',
    ['functions', 'reader'],
    { source: 'lambda', eventName: 'UpdateEventSourceMapping20150331', requestParameters: { uUID: '1' } },
  ],
  [
    'another workflow',
    ['workflow'],
    { source: 'states', eventName: 'UpdateStateMachine', requestParameters: { stateMachineArn: 'x' } },
  ],
  [
    'a grant whose execution is stopped',
    ['workflow'],
    { source: 'states', eventName: 'StopExecution', requestParameters: { executionArn: 'x' } },
  ],
  [
    'a table without protection',
    ['table'],
    { source: 'dynamodb', eventName: 'UpdateTable', requestParameters: { tableName: 'countersign' } },
  ],
  [
    'a table that is gone, by ARN',
    ['table'],
    { source: 'dynamodb', eventName: 'DeleteTable', requestParameters: { tableName: table } },
  ],
  [
    'a table without backups',
    ['table'],
    {
      source: 'dynamodb',
      eventName: 'UpdateContinuousBackups',
      requestParameters: { tableName: 'countersign' },
    },
  ],
  [
    'a table that strangers may write',
    ['table'],
    { source: 'dynamodb', eventName: 'PutResourcePolicy', requestParameters: { resourceArn: table } },
  ],
  [
    'a table that is copied out',
    ['table'],
    { source: 'dynamodb', eventName: 'ExportTableToPointInTime', requestParameters: { tableArn: table } },
  ],
  [
    'a table whose changes go to a stream',
    ['table'],
    {
      source: 'dynamodb',
      eventName: 'EnableKinesisStreamingDestination',
      requestParameters: { tableName: 'countersign' },
    },
  ],
  [
    'a record that an administrator writes',
    ['records'],
    {
      source: 'dynamodb',
      eventName: 'UpdateItem',
      requestParameters: { tableName: 'countersign' },
      resources: [{ type: 'AWS::DynamoDB::Table', ARN: table }],
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'issueSession run by hand',
    ['issued'],
    {
      source: 'lambda',
      eventName: 'Invoke',
      requestParameters: {
        functionName: `arn:aws:lambda:us-east-1:${service}:function:countersign-issue-session`,
      },
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'notify-approvers run by hand',
    ['issued'],
    {
      source: 'lambda',
      eventName: 'Invoke',
      requestParameters: { functionName: 'countersign-notify-approvers' },
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'end-grant run by hand',
    ['issued'],
    {
      source: 'lambda',
      eventName: 'Invoke',
      requestParameters: { functionName: 'countersign-end-grant' },
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'a log file that is deleted',
    ['archive'],
    {
      source: 's3',
      eventName: 'DeleteObject',
      requestParameters: { bucketName: `countersign-trail-${service}-us-east-1`, key: 'AWSLogs/x' },
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'a log file that is locked otherwise',
    ['archive'],
    {
      source: 's3',
      eventName: 'PutObjectRetention',
      requestParameters: { bucketName: `countersign-trail-${service}-us-east-1`, key: 'AWSLogs/x' },
      eventCategory: 'Data',
      managementEvent: false,
    },
  ],
  [
    'an API that calls something else',
    ['api'],
    { source: 'apigateway', eventName: 'PutIntegration', requestParameters: { restApiId: 'abc' } },
  ],
  [
    'an API without its firewall',
    ['api'],
    { source: 'wafv2', eventName: 'DisassociateWebACL', requestParameters: { resourceArn: 'x' } },
  ],
  [
    'a sender that others may use',
    ['mail'],
    {
      source: 'ses',
      eventName: 'CreateEmailIdentityPolicy',
      requestParameters: { emailIdentity: 'example.com' },
    },
  ],
  [
    'mails whose bounces nobody hears of',
    ['mail'],
    {
      source: 'ses',
      eventName: 'DeleteConfigurationSetEventDestination',
      requestParameters: { configurationSetName: 'countersign' },
    },
  ],
  [
    'another stack of the CDK',
    ['stacks'],
    {
      source: 'cloudformation',
      eventName: 'UpdateStack',
      requestParameters: { stackName: 'CDKToolkit' },
      recipientAccountId: service,
    },
  ],
  [
    'somebody who enters a role of the CDK',
    ['pipeline'],
    {
      source: 'sts',
      eventName: 'AssumeRole',
      requestParameters: {
        roleArn: `arn:aws:iam::${service}:role/${cdkRole('deploy', service)}`,
        roleSessionName: 'x',
      },
      readOnly: true,
    },
  ],
  [
    'a reader that never runs',
    ['functions', 'reader'],
    {
      source: 'lambda',
      eventName: 'PutFunctionConcurrency20171031',
      requestParameters: { functionName: 'countersign-reconcile-trail' },
    },
  ],
  [
    'a reader without its rights',
    ['roles', 'reader'],
    iam('DeleteRolePolicy', { roleName: 'countersign-reconcile-trail', policyName: 'x' }),
  ],
  [
    'a watch that may hand on nothing',
    ['roles', 'reader'],
    iam('DeleteRole', { roleName: 'countersign-watch' }),
  ],
  [
    'a queue that no event reaches',
    ['rules', 'rules-again'],
    {
      source: 'events',
      eventName: 'DisableRule',
      requestParameters: { name: 'countersign-trail-events', eventBusName: 'countersign-trail' },
    },
  ],
  [
    'what could not be read, moved away',
    ['alarms'],
    {
      source: 'sqs',
      eventName: 'StartMessageMoveTask',
      requestParameters: { sourceArn: `arn:aws:sqs:us-east-1:${service}:countersign-trail-unread` },
    },
  ],
  [
    'alarms that are muted',
    ['alarms'],
    {
      source: 'monitoring',
      eventName: 'PutAlarmMuteRule',
      requestParameters: { name: 'x', muteTargets: { alarmNames: ['countersign-tampering'] } },
    },
  ],
  [
    'a topic that keeps words back',
    ['alarms'],
    {
      source: 'sns',
      eventName: 'PutDataProtectionPolicy',
      requestParameters: { resourceArn: `arn:aws:sns:us-east-1:${service}:countersign-alarms` },
    },
  ],
  [
    'logs that are rewritten before they are counted',
    ['logs'],
    {
      source: 'logs',
      eventName: 'PutTransformer',
      requestParameters: { logGroupIdentifier: '/aws/lambda/countersign-reconcile-trail' },
    },
  ],
  [
    'logs that are gone',
    ['logs'],
    {
      source: 'logs',
      eventName: 'DeleteLogGroup',
      requestParameters: { logGroupName: '/aws/lambda/countersign-reconcile-trail' },
    },
  ],
  [
    'logs of all groups that are masked',
    ['logs'],
    { source: 'logs', eventName: 'PutAccountPolicy', requestParameters: { policyName: 'x' } },
  ],
  [
    'a rule on a bus of ours, by ARN',
    ['rules', 'rules-again'],
    {
      source: 'events',
      eventName: 'PutRule',
      requestParameters: {
        name: 'x',
        eventBusName: `arn:aws:events:us-east-1:${service}:event-bus/countersign-trail`,
      },
    },
  ],
  [
    'a function of another name under a role of ours',
    ['functions'],
    {
      source: 'lambda',
      eventName: 'CreateFunction20150331',
      requestParameters: { functionName: 'x', role: `arn:aws:iam::${service}:role/countersign-decisions` },
    },
  ],
  [
    'a queue that is emptied',
    ['alarms'],
    {
      source: 'sqs',
      eventName: 'PurgeQueue',
      requestParameters: {
        queueUrl: `https://sqs.us-east-1.amazonaws.com/${service}/countersign-trail-unread`,
      },
    },
  ],
  [
    'alarms that reach nobody',
    ['alarms'],
    {
      source: 'sns',
      eventName: 'Unsubscribe',
      requestParameters: { subscriptionArn: `arn:aws:sns:us-east-1:${service}:countersign-alarms:1234` },
    },
  ],
  [
    'alarms that are gone',
    ['alarms'],
    {
      source: 'monitoring',
      eventName: 'DeleteAlarms',
      requestParameters: { alarmNames: ['other', 'countersign-tampering'] },
    },
  ],
];

const tampering = [...everywhere, ...onlyInService];

describe('the watch of the service’s account', () => {
  test.each(tampering)('finds %s', (_, rules, call) => {
    for (const userIdentity of [administrator, user, root])
      expect(found(inService, { ...call, userIdentity })).toEqual(rules);
  });

  test.each(tampering)('finds %s done under a name that only looks like a deployment', (_, rules, call) => {
    const userIdentity = byRole('deploys/cdk-hnb659fds-cfn-exec-role-1');
    expect(found(inService, { ...call, userIdentity })).toEqual(rules);
  });

  test.each(tampering)('does not take %s for tampering when IAM refused it', (_, _rules, call) => {
    expect(found(inService, { ...call, errorCode: 'AccessDenied' })).toEqual([]);
  });

  test.each(becomingDeployer)('finds %s, whoever did it', (_, call) => {
    for (const userIdentity of [administrator, user, root, deployment])
      expect(found(inService, { ...call, userIdentity })).toEqual(['deployers']);
  });

  test('finds every change of the CDK’s roles, whoever did it', () => {
    for (const call of cdkChanges(service))
      for (const userIdentity of [administrator, deployment])
        expect(found(inService, { ...call, userIdentity })).toEqual(['deployers']);
  });

  test('finds a record that a role writes whose path is like the names of ours', () => {
    const write = onlyInService.find(([, [rule]]) => rule === 'records')?.[2];
    const userIdentity = byRole('countersign-x/evil');
    expect(write && found(inService, { ...write, userIdentity })).toEqual(['records']);
  });

  test.each(tampering.filter(([, [rule]]) => rule !== 'records' && rule !== 'issued'))(
    'does not take %s for tampering when it was deployed',
    (_, _rules, call) => {
      expect(found(inService, { ...call, userIdentity: deployment })).toEqual([]);
    },
  );

  test('finds records that even a deployment writes, and a session that it issues', () => {
    for (const [, rules, call] of onlyInService.filter(
      ([, [rule]]) => rule === 'records' || rule === 'issued',
    ))
      expect(found(inService, { ...call, userIdentity: deployment })).toEqual(rules);
  });

  test('leaves alone what Countersign does all day', () => {
    const write = onlyInService.find(([, [rule]]) => rule === 'records')?.[2];
    const invoke = onlyInService.find(([, [rule]]) => rule === 'issued')?.[2];
    if (!write || !invoke) throw new Error('The tables above have both.');
    const daily: Call[] = [
      ...['countersign-requests', 'countersign-workflow'].map((role) => ({
        ...write,
        userIdentity: byRole(role),
      })),
      { ...invoke, userIdentity: byRole('countersign-workflow') },
      // A deployment, on its way from the pipeline to CloudFormation.
      {
        source: 'sts',
        eventName: 'AssumeRole',
        readOnly: true,
        requestParameters: {
          roleArn: `arn:aws:iam::${service}:role/${cdkRole('deploy', service)}`,
          roleSessionName: 'x',
        },
        userIdentity: byRole('deploy-countersign'),
      },
      {
        source: 'sts',
        eventName: 'AssumeRole',
        readOnly: true,
        requestParameters: {
          roleArn: `arn:aws:iam::${service}:role/${cdkRole('cfn-exec', service)}`,
          roleSessionName: 'x',
        },
        userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' },
      },
      {
        source: 'cloudformation',
        eventName: 'ExecuteChangeSet',
        requestParameters: { stackName: 'CountersignService' },
        userIdentity: byRole(cdkRole('deploy', service)),
      },
      {
        source: 'logs',
        eventName: 'CreateLogStream',
        requestParameters: { logGroupName: '/aws/lambda/countersign-requests' },
        userIdentity: byRole('countersign-requests'),
      },
      {
        source: 'kms',
        eventName: 'RetireGrant',
        userIdentity: { type: 'AWSService', invokedBy: 'dynamodb.amazonaws.com' },
      },
      {
        source: 'ses',
        eventName: 'SendEmail',
        requestParameters: { configurationSetName: 'countersign' },
        userIdentity: byRole('countersign-issue-session'),
      },
      { source: 'states', eventName: 'StartExecution', userIdentity: byRole('countersign-requests') },
      {
        source: 'kms',
        eventName: 'GenerateMac',
        readOnly: true,
        userIdentity: byRole('countersign-requests'),
      },
      {
        source: 'kms',
        eventName: 'CreateGrant',
        userIdentity: { ...byRole('countersign-requests'), invokedBy: 'dynamodb.amazonaws.com' },
      },
      {
        source: 'dynamodb',
        eventName: 'DescribeTable',
        readOnly: true,
        requestParameters: { tableName: 'countersign' },
      },
      ...['Subscribe', 'ConfirmSubscription'].map((eventName) => ({
        source: 'sns',
        eventName,
        requestParameters: { topicArn: `arn:aws:sns:us-east-1:${service}:countersign-alarms` },
        userIdentity: { type: 'Unknown' },
      })),
      {
        source: 'lambda',
        eventName: 'GetFunction20150331v2',
        readOnly: true,
        requestParameters: { functionName: 'countersign-web' },
      },
      {
        source: 's3',
        eventName: 'GetBucketAcl',
        readOnly: true,
        requestParameters: { bucketName: `countersign-trail-${service}-us-east-1` },
      },
    ];
    for (const call of daily) expect(found(inService, call), JSON.stringify(call)).toEqual([]);
  });
});

describe('the watch of a target’s account', () => {
  test.each(everywhere)('finds %s', (_, rules, call) => {
    expect(found(inTargets, { ...call, userIdentity: byRole('administrator', target) })).toEqual(rules);
  });

  test.each(becomingDeployer)('finds %s, whoever did it', (_, call) => {
    for (const name of ['administrator', 'stacksets-exec-1', 'deploy-countersign'])
      expect(found(inTargets, { ...call, userIdentity: byRole(name, target) })).toEqual(['deployers']);
  });

  test('lets the revoker write deny lists, and nobody else', () => {
    const write = iam('CreatePolicyVersion', { policyArn: boundary });
    expect(found(inTargets, { ...write, userIdentity: byRole('countersign-revoker', target) })).toEqual([]);
    expect(found(inTargets, { ...write, userIdentity: byRole('countersign-orders-read', target) })).toEqual([
      'roles',
    ]);
  });

  test('leaves alone what others have there', () => {
    const others: Call[] = [
      iam('PutRolePolicy', { roleName: 'orders-countersign-reader', policyName: 'x' }),
      iam('GetRole', { roleName: 'orders-reader' }),
      { ...iam('GetRole', { roleName: 'countersign-orders-read' }), readOnly: true },
      iam('CreatePolicyVersion', { policyArn: `arn:aws:iam::${target}:policy/orders` }),
      { source: 'cloudtrail', eventName: 'StopLogging', requestParameters: { name: 'another-countersign' } },
      { source: 'events', eventName: 'PutRule', requestParameters: { name: 'orders' } },
      { source: 'kms', eventName: 'PutKeyPolicy', requestParameters: { keyId: 'orders' } },
      ...cdkChanges(target),
      {
        source: 'cloudformation',
        eventName: 'UpdateStack',
        requestParameters: { stackName: 'CDKToolkit' },
        recipientAccountId: target,
      },
      {
        source: 'lambda',
        eventName: 'UpdateFunctionCode20150331v2',
        requestParameters: { functionName: 'orders' },
      },
    ];
    for (const call of others) expect(found(inTargets, call), JSON.stringify(call)).toEqual([]);
  });
});

describe('an AssumeRole', () => {
  const assume = (over: Partial<Call>): Call => ({
    source: 'sts',
    eventName: 'AssumeRole',
    readOnly: true,
    requestParameters: { roleArn: orders, roleSessionName: 'x' },
    ...over,
  });
  const lambda = { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' };
  const role = (name: string) => `arn:aws:iam::${service}:role/${name}`;

  test('of a role of Countersign’s is found wherever it was called, in both copies', () => {
    for (const eventName of ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])
      expect(found(inService, assume({ eventName }))).toEqual(['assumed']);
    expect(found(inTargets, assume({ userIdentity: { type: 'AWSAccount', accountId: service } }))).toEqual([
      'assumed',
    ]);
    expect(found(inTargets, assume({ userIdentity: {} }))).toEqual(['assumed']);
  });

  test('of another role is nobody’s business', () => {
    const requestParameters = { roleArn: `arn:aws:iam::${target}:role/orders-countersign-reader` };
    expect(found(inService, assume({ requestParameters }))).toEqual([]);
  });

  test('that STS refused is found by its message alone', () => {
    const refused = { errorCode: 'AccessDenied', requestParameters: null };
    const errorMessage = `User: x is not authorized to perform: sts:AssumeRole on resource: ${orders}`;
    expect(found(inService, assume({ ...refused, errorMessage }))).toEqual(['refused']);
    expect(
      found(inService, assume({ ...refused, errorMessage: 'on resource: arn:aws:iam::1:role/x' })),
    ).toEqual([]);
  });

  test.each(functionNames)(
    'by which Lambda starts %s is left alone; of something else under its role it is found',
    (name) => {
      const started = (roleSessionName: string) =>
        assume({
          userIdentity: lambda,
          requestParameters: { roleArn: role(functionResourceName(name)), roleSessionName },
        });
      expect(found(inService, started(functionResourceName(name)))).toEqual([]);
      expect(found(inService, started('somebody-elses-function'))).toEqual(['borrowed']);
    },
  );

  test('by which EventBridge hands on an event is left alone: it would be handed on for ever', () => {
    const handedOn = assume({
      userIdentity: { type: 'AWSService', invokedBy: 'events.amazonaws.com' },
      requestParameters: { roleArn: role('countersign-watch'), roleSessionName: 'x' },
    });
    expect(found(inService, handedOn)).toEqual([]);
    expect(found(inTargets, handedOn)).toEqual([]);
  });
});

describe('every rule', () => {
  test('finds something in the tables above', () => {
    const seen = new Set(tampering.flatMap(([, rules]) => rules));
    const others = ['assumed', 'refused', 'deployers', 'borrowed'];
    expect(inService.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual(others);
  });

  test('fits EventBridge, also with ten roles that deploy', () => {
    const many = someSettings((source) => {
      source.deployRoles = Array.from(
        { length: 10 },
        (_, index) => `arn:aws:iam::*:role/platform-deployment-role-${index}`,
      );
    });
    for (const { name, pattern, promise } of [...accountRules(many), ...serviceRules(many)]) {
      expect(JSON.stringify(pattern).length, name).toBeLessThanOrEqual(2_048);
      expect(promise).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('asks for events of AWS only, and by more than their source', () => {
    for (const { name, pattern } of inService) {
      for (const source of (pattern.source ?? []) as string[]) expect(source, name).toMatch(/^aws\.\w+$/);
      expect(Object.keys((pattern.detail ?? {}) as Pattern).length, name).toBeGreaterThan(2);
    }
  });
});
