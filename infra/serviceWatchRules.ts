import { functionNames } from './functions.ts';
import { functionResourceName, placeOf, resourcesOf } from './installation.ts';
import type { Settings } from './settings.ts';
import { trailResourcesOf } from './trailResources.ts';
import { call, changing, cloudTrail, done, except, type WatchRule } from './watchPattern.ts';

/** What is watched in the service's account beside what is watched in every account. */
export const serviceRules = (settings: Settings): WatchRule[] => [
  ...codeRules(settings),
  ...recordRules(settings),
  ...keyRules(settings),
  archiveRule(settings),
  alarmRule(settings),
];

/** What runs, and under whose rights. */
function codeRules({ service, deployRoles }: Settings): WatchRule[] {
  const byOthers = except(deployRoles);
  return [
    {
      name: 'borrowed',
      promise: 'Lambda runs Countersign’s functions under their roles, and no others.',
      pattern: call('sts', {
        eventName: ['AssumeRole'],
        userIdentity: { invokedBy: ['lambda.amazonaws.com'] },
        requestParameters: {
          roleArn: [{ wildcard: `arn:aws:iam::${service.account}:role/countersign-*` }],
          roleSessionName: [{ 'anything-but': functionNames.map(functionResourceName) }],
        },
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
  ];
}

/** The record, and who gives access by it. */
function recordRules(settings: Settings): WatchRule[] {
  const { table, tableArn, workflowRoleArn } = resourcesOf(placeOf(settings));
  return [
    {
      name: 'table',
      promise: 'The table keeps its protection, its backups and its policy.',
      pattern: done('dynamodb', {
        eventName: tableChanges,
        ...except(settings.deployRoles),
        $or: [
          { requestParameters: { tableName: [table, tableArn] } },
          { requestParameters: { resourceArn: [tableArn] } },
        ],
      }),
    },
    {
      name: 'records',
      promise: 'Only Countersign’s own roles write the table.',
      pattern: done('dynamodb', {
        eventCategory: ['Data'],
        readOnly: changing,
        resources: { ARN: [tableArn] },
        ...except([`arn:aws:iam::${settings.service.account}:role/countersign-*`]),
      }),
    },
    {
      name: 'issued',
      promise: 'Only the workflow runs issueSession.',
      pattern: done('lambda', {
        eventName: [{ prefix: 'Invoke' }],
        requestParameters: { functionName: [{ wildcard: `*${functionResourceName('issueSession')}*` }] },
        ...except([workflowRoleArn]),
      }),
    },
  ];
}

const tableChanges = [
  'DeleteTable',
  'UpdateTable',
  'UpdateContinuousBackups',
  'UpdateTimeToLive',
  'PutResourcePolicy',
  'DeleteResourcePolicy',
];

/** Events name keys by their ids. The account is Countersign's alone, so any key there is. */
function keyRules({ deployRoles }: Settings): WatchRule[] {
  const byOthers = except(deployRoles);
  return [
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

const archiveRule = ({ service, deployRoles }: Settings): WatchRule => ({
  name: 'archive',
  promise: 'The bucket of the log files keeps its policy, its lock and its encryption.',
  pattern: done('s3', {
    readOnly: changing,
    eventName: [{ wildcard: '*Bucket*' }],
    requestParameters: { bucketName: [trailResourcesOf(service).bucket] },
    ...except(deployRoles),
  }),
});

function alarmRule(settings: Settings): WatchRule {
  const { alarmTopicArn } = resourcesOf(placeOf(settings));
  const { queue } = trailResourcesOf(settings.service);
  return {
    name: 'alarms',
    promise: 'What the watch finds reaches whoever is told of alarms.',
    pattern: {
      ...cloudTrail,
      source: ['aws.sqs', 'aws.sns', 'aws.monitoring'],
      detail: {
        errorCode: [{ exists: false }],
        // Who else wants to know may; a click in a mail confirms it.
        eventName: [{ 'anything-but': ['Subscribe', 'ConfirmSubscription'] }],
        readOnly: changing,
        ...except(settings.deployRoles),
        $or: [
          { requestParameters: { queueUrl: [{ wildcard: `*/${queue}*` }] } },
          { requestParameters: { topicArn: [alarmTopicArn] } },
          { requestParameters: { subscriptionArn: [{ prefix: `${alarmTopicArn}:` }] } },
          { requestParameters: { alarmName: [{ prefix: 'countersign-' }] } },
          { requestParameters: { alarmNames: [{ prefix: 'countersign-' }] } },
        ],
      },
    },
  };
}
