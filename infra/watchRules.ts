import { functionNames } from './functions.ts';
import { functionResourceName, placeOf, resourcesOf } from './installation.ts';
import type { Settings } from './settings.ts';
import { trailResourcesOf } from './trailResources.ts';

/** A test of one field's value, in the language of EventBridge. */
export type Test =
  | string
  | boolean
  | { prefix: string | { 'equals-ignore-case': string } }
  | { suffix: string }
  | { wildcard: string }
  | { exists: boolean }
  | { 'anything-but': string[] | { prefix: string } | { wildcard: string[] } };

/** Every field has to pass one of its tests; of the patterns below `$or`, one has to match. */
export interface Pattern {
  [field: string]: Pattern | Test[] | Pattern[];
}

export interface WatchRule {
  /** The rule is called `countersign-watch-<name>`. */
  name: string;
  /** What is so as long as this rule finds nothing, or nothing that no request answers for. */
  promise: string;
  pattern: Pattern;
}

/** What is watched in every account, the service's and the targets'. */
export function accountRules({ deployRoles }: Settings): WatchRule[] {
  const revoker = 'arn:aws:iam::*:role/countersign-revoker';
  const rules = {
    readOnly: changing,
    ...except(deployRoles),
    $or: [
      { requestParameters: { name: [{ prefix: 'countersign' }] } },
      { requestParameters: { rule: [{ prefix: 'countersign' }] } },
      { requestParameters: { eventBusName: [{ prefix: 'countersign' }] } },
    ],
  };
  return [
    {
      name: 'assumed',
      promise: 'Whoever assumes a role of Countersign is a part of it, and a request answers for it.',
      pattern: call('sts', {
        eventName: [{ prefix: 'AssumeRole' }],
        requestParameters: { roleArn: [{ wildcard: 'arn:aws:iam::*:role/countersign-*' }] },
        // Services that start work under a role; EventBridge does with every event that the watch hands on.
        userIdentity: { type: [{ exists: false }, { 'anything-but': ['AWSService'] }] },
      }),
    },
    {
      name: 'refused',
      promise: 'Nobody tries in vain to assume a role of Countersign.',
      pattern: call('sts', {
        eventName: [{ prefix: 'AssumeRole' }],
        errorCode: [{ exists: true }],
        // All that a refused call tells of the role.
        errorMessage: [{ wildcard: '*:role/countersign-*' }],
      }),
    },
    {
      name: 'roles',
      promise: 'Roles and boundaries change by deployment; deny lists also by the revoker.',
      pattern: done('iam', {
        readOnly: changing,
        ...except([...deployRoles, revoker]),
        $or: [
          { requestParameters: { roleName: [ourName] } },
          { requestParameters: { policyName: [ourName] } },
          { requestParameters: { policyArn: [{ wildcard: 'arn:aws:iam::*:policy/countersign-*' }] } },
        ],
      }),
    },
    {
      name: 'trail',
      promise: 'The trail records, and records everything.',
      pattern: done('cloudtrail', {
        readOnly: changing,
        ...except(deployRoles),
        $or: [
          { requestParameters: { name: ['countersign', { suffix: ':trail/countersign' }] } },
          { requestParameters: { trailName: ['countersign', { suffix: ':trail/countersign' }] } },
        ],
      }),
    },
    // Twice, so that whoever switches one off is seen by the other.
    { name: 'rules', promise: rulesPromise, pattern: done('events', rules) },
    { name: 'rules-again', promise: rulesPromise, pattern: done('events', rules) },
  ];
}

/** IAM takes names in whatever letter case. */
const ourName = { prefix: { 'equals-ignore-case': 'countersign-' } };

const rulesPromise = 'Rules and buses, these included, change by deployment.';

/** What is watched in the service's account besides. It is an account of its own, so any of its keys is ours. */
export function serviceRules(settings: Settings): WatchRule[] {
  const { deployRoles } = settings;
  const { account } = settings.service;
  const resources = resourcesOf(placeOf(settings));
  const trail = trailResourcesOf(settings.service);
  const byOthers = except(deployRoles);
  return [
    {
      name: 'borrowed',
      promise: 'Lambda runs Countersign’s functions under their roles, and no others.',
      pattern: call('sts', {
        eventName: ['AssumeRole'],
        userIdentity: { invokedBy: ['lambda.amazonaws.com'] },
        requestParameters: {
          roleArn: [{ wildcard: `arn:aws:iam::${account}:role/countersign-*` }],
          roleSessionName: [{ 'anything-but': functionNames.map(functionResourceName) }],
        },
      }),
    },
    {
      name: 'archive',
      promise: 'The bucket of the log files keeps its policy, its lock and its encryption.',
      pattern: done('s3', {
        readOnly: changing,
        eventName: [{ wildcard: '*Bucket*' }],
        requestParameters: { bucketName: [trail.bucket] },
        ...byOthers,
      }),
    },
    {
      name: 'keys',
      promise: 'Keys live, and keep their policies and names.',
      pattern: done('kms', { eventName: keyChanges, ...byOthers }),
    },
    {
      name: 'grants',
      promise: 'Keys are lent to nobody but AWS services, which borrow with the rights of their callers.',
      pattern: done('kms', {
        eventName: ['CreateGrant'],
        userIdentity: { ...byOthers.userIdentity, invokedBy: [{ exists: false }] },
      }),
    },
    {
      name: 'functions',
      promise: 'Functions, and what calls them, change by deployment.',
      pattern: done('lambda', {
        readOnly: changing,
        ...byOthers,
        $or: [
          {
            eventName: [{ 'anything-but': { prefix: 'Invoke' } }],
            requestParameters: { functionName: [{ wildcard: '*countersign-*' }] },
          },
          { eventName: [{ wildcard: '*EventSourceMapping*' }] },
        ],
      }),
    },
    {
      name: 'workflow',
      promise: 'The workflow changes by deployment, and nobody stops a grant’s execution.',
      pattern: done('states', {
        eventName: ['UpdateStateMachine', 'DeleteStateMachine', 'StopExecution', 'RedriveExecution'],
        ...byOthers,
      }),
    },
    {
      name: 'table',
      promise: 'The table keeps its protection, its backups and its policy.',
      pattern: done('dynamodb', {
        eventName: tableChanges,
        ...byOthers,
        $or: [
          { requestParameters: { tableName: [resources.table, resources.tableArn] } },
          { requestParameters: { resourceArn: [resources.tableArn] } },
        ],
      }),
    },
    {
      name: 'records',
      promise: 'Only Countersign’s own roles write the table.',
      pattern: done('dynamodb', {
        eventCategory: ['Data'],
        readOnly: changing,
        resources: { ARN: [resources.tableArn] },
        ...except([`arn:aws:iam::${account}:role/countersign-*`]),
      }),
    },
    {
      name: 'issued',
      promise: 'Only the workflow runs issueSession.',
      pattern: done('lambda', {
        eventName: [{ prefix: 'Invoke' }],
        requestParameters: {
          functionName: [{ wildcard: `*${functionResourceName('issueSession')}*` }],
        },
        ...except([resources.workflowRoleArn]),
      }),
    },
    {
      name: 'alarms',
      promise: 'What the watch finds reaches whoever is told of alarms.',
      pattern: {
        ...cloudTrail,
        source: ['aws.sqs', 'aws.sns', 'aws.monitoring'],
        detail: {
          errorCode: [{ exists: false }],
          readOnly: changing,
          ...byOthers,
          $or: [
            { requestParameters: { queueUrl: [{ wildcard: `*/${trail.queue}*` }] } },
            { requestParameters: { topicArn: [resources.alarmTopicArn] } },
            { requestParameters: { subscriptionArn: [{ prefix: `${resources.alarmTopicArn}:` }] } },
            { requestParameters: { alarmName: [{ prefix: 'countersign-' }] } },
            { requestParameters: { alarmNames: [{ prefix: 'countersign-' }] } },
          ],
        },
      },
    },
  ];
}

const keyChanges = [
  'PutKeyPolicy',
  'ScheduleKeyDeletion',
  'DisableKey',
  'DisableKeyRotation',
  'UpdateAlias',
  'DeleteAlias',
];

const tableChanges = [
  'DeleteTable',
  'UpdateTable',
  'UpdateContinuousBackups',
  'UpdateTimeToLive',
  'PutResourcePolicy',
  'DeleteResourcePolicy',
];

const cloudTrail = { 'detail-type': ['AWS API Call via CloudTrail'] };

/** A call of a service, whether it was allowed or not. */
const call = (service: string, detail: Pattern): Pattern => ({
  ...cloudTrail,
  source: [`aws.${service}`],
  detail: { eventSource: [`${service}.amazonaws.com`], ...detail },
});

/** A call that was allowed. Of one that was refused, CloudTrail mostly does not tell on what. */
const done = (service: string, detail: Pattern): Pattern =>
  call(service, { errorCode: [{ exists: false }], ...detail });

/** By CloudTrail's own judgement; where it has none, it counts. */
const changing: Test[] = [false, { exists: false }];

/** By anybody but these roles: users, the root user and services have no role. */
const except = (roleArns: string[]) => ({
  userIdentity: {
    sessionContext: {
      sessionIssuer: { arn: [{ exists: false }, { 'anything-but': { wildcard: roleArns } }] },
    },
  },
});
