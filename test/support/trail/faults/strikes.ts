import { organisation } from '../organisation.ts';

const { production, access } = organisation.accounts;
const place = `us-east-1:${access}`;
/** Of the role for reading orders. */
export const boundary = `arn:aws:iam::${production}:policy/countersign-boundary-orders-read`;
export const allowAll =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

export interface Strike {
  /** What an administrator does, as a sentence. */
  name: string;
  account: string;
  /** `iam` and `UpdateAssumeRolePolicy` */
  call: [service: string, name: string];
  request: Record<string, unknown>;
}

/** What guards Countersign, changed by hand. */
export const strikesOfAll: readonly Strike[] = [
  {
    name: 'opens the trust policy of a managed role',
    account: production,
    call: ['iam', 'UpdateAssumeRolePolicy'],
    request: { roleName: 'countersign-orders-read', policyDocument: allowAll },
  },
  {
    name: 'opens the trust policy of the notary, in capital letters',
    account: access,
    call: ['iam', 'UpdateAssumeRolePolicy'],
    request: { roleName: 'COUNTERSIGN-NOTARY', policyDocument: allowAll },
  },
  {
    name: 'puts a policy into a managed role',
    account: production,
    call: ['iam', 'PutRolePolicy'],
    request: { roleName: 'countersign-orders-admin', policyName: 'more', policyDocument: allowAll },
  },
  {
    name: 'attaches a policy to a managed role',
    account: production,
    call: ['iam', 'AttachRolePolicy'],
    request: {
      roleName: 'countersign-orders-read',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    },
  },
  {
    name: 'takes the boundary off a managed role',
    account: production,
    call: ['iam', 'DeleteRolePermissionsBoundary'],
    request: { roleName: 'countersign-orders-read' },
  },
  {
    name: 'puts the first version of a boundary in force again',
    account: production,
    call: ['iam', 'SetDefaultPolicyVersion'],
    request: { policyArn: boundary, versionId: 'v1' },
  },
  {
    name: 'deletes a version of a boundary',
    account: production,
    call: ['iam', 'DeletePolicyVersion'],
    request: { policyArn: boundary, versionId: 'v2' },
  },
  {
    name: 'changes the code of the function that issues sessions',
    account: access,
    call: ['lambda', 'UpdateFunctionCode20150331v2'],
    request: { functionName: 'countersign-issue-session', publish: false, dryRun: false },
  },
  {
    name: 'lets others invoke the function that issues sessions',
    account: access,
    call: ['lambda', 'AddPermission20150331v2'],
    request: {
      functionName: `arn:aws:lambda:${place}:function:countersign-issue-session`,
      action: 'lambda:InvokeFunction',
      principal: '*',
      statementId: 'all',
    },
  },
  {
    name: 'stops the trail',
    account: access,
    call: ['cloudtrail', 'StopLogging'],
    request: { name: `arn:aws:cloudtrail:${place}:trail/countersign` },
  },
  {
    name: 'stops a trail of the organisation that is not of Countersign',
    account: organisation.accounts.management,
    call: ['cloudtrail', 'StopLogging'],
    request: { name: 'organization-trail' },
  },
  {
    name: 'deletes a trail',
    account: production,
    call: ['cloudtrail', 'DeleteTrail'],
    request: { name: 'organization-trail' },
  },
  {
    name: 'makes the trail leave out management events',
    account: access,
    call: ['cloudtrail', 'PutEventSelectors'],
    request: { trailName: 'countersign', eventSelectors: [{ includeManagementEvents: false }] },
  },
  {
    name: 'opens the bucket of the trail',
    account: access,
    call: ['s3', 'PutBucketPolicy'],
    request: { bucketName: `countersign-trail-${access}`, bucketPolicy: { Version: '2012-10-17' } },
  },
  {
    name: 'has the bucket of the trail forget after a day',
    account: access,
    call: ['s3', 'PutBucketLifecycle'],
    request: {
      bucketName: `countersign-trail-${access}`,
      LifecycleConfiguration: { Rule: { Expiration: { Days: 1 } } },
    },
  },
  {
    name: 'schedules a key of Countersign for deletion',
    account: access,
    call: ['kms', 'ScheduleKeyDeletion'],
    request: { keyId: 'alias/countersign-requests', pendingWindowInDays: 7 },
  },
  {
    name: 'rewrites the policy of a key',
    account: access,
    call: ['kms', 'PutKeyPolicy'],
    request: { keyId: 'alias/countersign-decisions', policyName: 'default', policy: allowAll },
  },
  {
    name: 'stops an execution that would have ended a grant',
    account: access,
    call: ['states', 'StopExecution'],
    request: {
      executionArn: `arn:aws:states:${place}:execution:countersign-grant:01M81YE4X65KSGWT8AKTR6PX3B-1`,
    },
  },
  {
    name: 'deletes a rule of the watch',
    account: production,
    call: ['events', 'DeleteRule'],
    request: { name: 'countersign-assumed', eventBusName: 'default' },
  },
  {
    name: 'disables a rule of the watch',
    account: access,
    call: ['events', 'DisableRule'],
    request: { name: 'countersign-roles', eventBusName: 'default' },
  },
  {
    name: 'deletes the request table',
    account: access,
    call: ['dynamodb', 'DeleteTable'],
    request: { tableName: 'countersign' },
  },
  {
    name: 'makes another role of the name of a managed one',
    account: production,
    call: ['iam', 'CreateRole'],
    request: { roleName: 'countersign-orders-refund', assumeRolePolicyDocument: allowAll },
  },
];
