import { alarmWayRules } from './alarmWayRules.ts';
import type { Settings } from './configuration/settings.ts';
import { pipelineRule } from './deployWatchRules.ts';
import { functionNames, workflowSteps } from './functions.ts';
import { functionResourceName, placeOf, resourcesOf } from './installation.ts';
import { trailResourcesOf } from './trailResources.ts';
import { call, changing, cloudTrail, done, except, type WatchRule } from './watchPattern.ts';

/** What is watched in the service's account beside what is watched in every account. */
export const serviceRules = (settings: Settings): WatchRule[] => [
  ...codeRules(settings),
  tableRule(settings),
  ...(settings.retention.trail.kind === 'own' ? trailedRules(settings) : []),
  grantsRule(settings),
  ...gateRules(settings),
  pipelineRule(settings),
  ...alarmWayRules(settings),
];

/** What runs, and under whose rights. */
function codeRules({ service, deployRoles }: Settings): WatchRule[] {
  const byOthers = except(deployRoles);
  return [
    {
      name: 'borrowed',
      promise: "Lambda runs Countersign's functions under their roles, and no others.",
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
          { requestParameters: { role: [{ wildcard: '*:role/countersign-*' }] } },
          { eventName: [{ wildcard: '*EventSourceMapping*' }] },
        ],
      }),
    },
    {
      name: 'workflow',
      promise: "The workflow changes by deployment, and nobody stops a grant's execution.",
      pattern: done('states', {
        eventName: ['UpdateStateMachine', 'DeleteStateMachine', 'StopExecution', 'RedriveExecution'],
        ...byOthers,
      }),
    },
  ];
}

/** Of calls that manage the table; who writes to it is a matter of `records`. */
function tableRule(settings: Settings): WatchRule {
  const { table, tableArn } = resourcesOf(placeOf(settings));
  return {
    name: 'table',
    promise: 'The table keeps its protection, its backups and its policy, and goes nowhere else.',
    pattern: done('dynamodb', {
      readOnly: changing,
      eventCategory: ['Management'],
      ...except(settings.deployRoles),
      $or: [
        { requestParameters: { tableName: [table, tableArn] } },
        { requestParameters: { tableArn: [tableArn] } },
        { requestParameters: { resourceArn: [tableArn] } },
        { requestParameters: { sourceTableName: [table] } },
        { requestParameters: { globalTableName: [table] } },
      ],
    }),
  };
}

/** What a trail of Countersign's own records as data events, or keeps: an organization's trail may know nothing of it. */
function trailedRules(settings: Settings): WatchRule[] {
  const { tableArn, functionRoleArn, workflowRoleArn } = resourcesOf(placeOf(settings));
  return [
    {
      name: 'records',
      promise: "Only Countersign's own roles write the table.",
      pattern: done('dynamodb', {
        eventCategory: ['Data'],
        readOnly: changing,
        resources: { ARN: [tableArn] },
        ...except([...functionNames.map(functionRoleArn), workflowRoleArn]),
      }),
    },
    {
      name: 'issued',
      promise: 'Only the workflow runs what invites, issues and ends.',
      pattern: done('lambda', {
        eventName: [{ prefix: 'Invoke' }],
        requestParameters: {
          functionName: workflowSteps.map((name) => ({ wildcard: `*${functionResourceName(name)}*` })),
        },
        ...except([workflowRoleArn]),
      }),
    },
    archiveRule(settings),
  ];
}

const grantsRule = ({ deployRoles }: Settings): WatchRule => ({
  name: 'grants',
  promise: 'Keys are lent to nobody but AWS services, which borrow with the rights of their callers.',
  pattern: done('kms', {
    eventName: ['CreateGrant'],
    userIdentity: { ...except(deployRoles).userIdentity, invokedBy: [{ exists: false }] },
  }),
});

/** The way in: what answers at the API's address, and from whom mails come. */
function gateRules(settings: Settings): WatchRule[] {
  const { identityArn, configurationSet } = resourcesOf(placeOf(settings));
  const byOthers = except(settings.deployRoles);
  const notSent = [{ 'anything-but': { prefix: 'Send' } }];
  return [
    {
      name: 'api',
      promise: 'The API, and the firewall before it, change by deployment.',
      pattern: {
        ...cloudTrail,
        source: ['aws.apigateway', 'aws.wafv2'],
        detail: {
          errorCode: [{ exists: false }],
          readOnly: changing,
          ...byOthers,
          $or: [
            { eventSource: ['apigateway.amazonaws.com'] },
            { eventName: ['AssociateWebACL', 'DisassociateWebACL'] },
          ],
        },
      },
    },
    {
      name: 'mail',
      promise: 'The sender of mails changes by deployment.',
      pattern: done('ses', {
        readOnly: changing,
        ...byOthers,
        $or: [
          { eventName: notSent, requestParameters: { emailIdentity: [identityArn.replace(/^.*\//, '')] } },
          { eventName: notSent, requestParameters: { configurationSetName: [configurationSet] } },
        ],
      }),
    },
  ];
}

const archiveRule = ({ service, deployRoles }: Settings): WatchRule => ({
  name: 'archive',
  promise: 'The bucket of the log files keeps them, its policy, its lock and its encryption.',
  pattern: done('s3', {
    readOnly: changing,
    eventName: [
      { wildcard: '*Bucket*' },
      { prefix: 'DeleteObject' },
      { prefix: 'PutObjectRetention' },
      { prefix: 'PutObjectLegalHold' },
    ],
    requestParameters: { bucketName: [trailResourcesOf(service).bucket] },
    ...except(deployRoles),
  }),
});
