import type { Settings } from './configuration/settings.ts';
import { functionResourceName, placeOf, resourcesOf } from './installation.ts';
import { trailResourcesOf } from './trailResources.ts';
import { changing, cloudTrail, done, except, type Pattern, type WatchRule } from './watchPattern.ts';

/**
 * What the way from the watch to an alarm consists of. Whoever cuts it could keep what tells of that from arriving, so these
 * rules go straight to those who are told of alarms.
 */
export const alarmWayRules = (settings: Settings): WatchRule[] => [
  readerRule(settings),
  alarmRule(settings),
  logsRule(settings),
  keysRule(settings),
];

const reader = functionResourceName('reconcileTrail');

/** Calls of several services that were allowed. */
const doneAt = (services: string[], detail: Pattern): Pattern => ({
  ...cloudTrail,
  source: services.map((service) => `aws.${service}`),
  detail: { errorCode: [{ exists: false }], readOnly: changing, ...detail },
});

function readerRule({ service, deployRoles }: Settings): WatchRule {
  const { watchRoleArn } = trailResourcesOf(service);
  const roles = [reader, watchRoleArn(service.account).replace(/^.*\//, '')];
  return {
    name: 'reader',
    promise: 'What the watch finds is read by reconcileTrail, and both keep their roles.',
    straight: true,
    pattern: doneAt(['lambda', 'iam'], {
      ...except(deployRoles),
      $or: [
        {
          eventName: [{ 'anything-but': { prefix: 'Invoke' } }],
          requestParameters: { functionName: [{ wildcard: `*${reader}*` }] },
        },
        { eventName: [{ wildcard: '*EventSourceMapping*' }] },
        { requestParameters: { roleName: roles.map((name) => ({ 'equals-ignore-case': name })) } },
      ],
    }),
  };
}

function alarmRule(settings: Settings): WatchRule {
  const { alarmTopicArn } = resourcesOf(placeOf(settings));
  const { queue, queueArn } = trailResourcesOf(settings.service);
  const ours = [{ prefix: 'countersign-' }];
  return {
    name: 'alarms',
    promise: 'What the watch finds reaches whoever is told of alarms.',
    straight: true,
    pattern: doneAt(['sqs', 'sns', 'monitoring'], {
      // Who else wants to know may; a click in a mail confirms it.
      eventName: [{ 'anything-but': ['Subscribe', 'ConfirmSubscription'] }],
      ...except(settings.deployRoles),
      $or: [
        { requestParameters: { queueUrl: [{ wildcard: `*/${queue}*` }] } },
        { requestParameters: { sourceArn: [{ prefix: queueArn }] } },
        { requestParameters: { topicArn: [alarmTopicArn] } },
        { requestParameters: { resourceArn: [alarmTopicArn] } },
        { requestParameters: { subscriptionArn: [{ prefix: `${alarmTopicArn}:` }] } },
        { requestParameters: { alarmName: ours } },
        { requestParameters: { alarmNames: ours } },
        { requestParameters: { muteTargets: { alarmNames: ours } } },
      ],
    }),
  };
}

/** Alarms count what functions log. Lambda makes streams all day; queries change nothing. */
const logsRule = ({ deployRoles }: Settings): WatchRule => ({
  name: 'logs',
  promise: 'What functions log is kept, and counted as they log it.',
  straight: true,
  pattern: done('logs', {
    readOnly: changing,
    ...except(deployRoles),
    $or: [
      {
        eventName: [{ 'anything-but': ['CreateLogStream', 'StartQuery'] }],
        requestParameters: { logGroupName: [{ wildcard: '*countersign*' }] },
      },
      { requestParameters: { logGroupIdentifier: [{ wildcard: '*countersign*' }] } },
      { eventName: [{ wildcard: '*AccountPolicy' }] },
    ],
  }),
});

/** Events name keys by their ids. The account is Countersign's alone, so any key there is. */
const keysRule = ({ deployRoles }: Settings): WatchRule => ({
  name: 'keys',
  promise: 'Keys live, and keep their policies and names.',
  straight: true,
  pattern: done('kms', {
    readOnly: changing,
    // Lending has a rule of its own; giving back is what services do when they are done.
    eventName: [{ 'anything-but': ['CreateGrant', 'RetireGrant'] }],
    ...except(deployRoles),
  }),
});
