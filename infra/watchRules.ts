import type { Settings } from './configuration/settings.ts';
import { deployRules } from './deployWatchRules.ts';
import { call, changing, done, except, type WatchRule } from './watchPattern.ts';

/** What is watched in every account, the service's and the targets'. */
export function accountRules(settings: Settings): WatchRule[] {
  const { deployRoles } = settings;
  const revoker = 'arn:aws:iam::*:role/countersign-revoker';
  const rules = {
    readOnly: changing,
    ...except(deployRoles),
    $or: [
      { requestParameters: { name: [{ prefix: 'countersign' }] } },
      { requestParameters: { rule: [{ prefix: 'countersign' }] } },
      {
        requestParameters: {
          eventBusName: [{ prefix: 'countersign' }, { wildcard: '*:event-bus/countersign*' }],
        },
      },
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
          { requestParameters: { path: [{ prefix: '/countersign-' }] } },
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
    { name: 'rules-again', promise: rulesPromise, straight: true, pattern: done('events', rules) },
    ...deployRules(settings),
  ];
}

/** IAM takes names in whatever letter case. */
const ourName = { prefix: { 'equals-ignore-case': 'countersign-' } };

const rulesPromise = 'Rules and buses, these included, change by deployment.';
