import { describe, expect, it, test } from 'vitest';
import { boundaryPolicy } from '#domain/denyList.ts';
import { addSeconds } from '#domain/instant.ts';
import { anId, aRequest, followedBy } from '../../support/builders.ts';
import { approvedAt, approvedByBob, catalogue, issue, stories } from '../grants/stories.ts';
import {
  callRecord,
  functionSession,
  identityOf,
  type RoleSession,
  serviceAccount,
  targetAccount,
} from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import {
  administrator,
  boundaryRecords,
  type Change,
  changeRecord,
  faultsIn,
  findingsBy,
} from './material.ts';

const at = '2026-11-22T12:00:00Z';
const clean = () => recordsOfRequest(stories.used());

const changing = (change: Change, over = {}) => changeRecord({ at, ...change }, over);
const faultsOf = (change: Change, over = {}) => faultsIn([...clean(), changing(change, over)]);

const change = { source: 'iam', name: 'CreateRole', request: { roleName: 'countersign-x' } };
/** A role of the bootstrap of an account, or what is called like one of another's. */
const deployer = (kind: string, bootstrapped = targetAccount): RoleSession => ({
  ...administrator(),
  roleArn: `arn:aws:iam::${targetAccount}:role/cdk-hnb659fds-${kind}-role-${bootstrapped}-us-east-1`,
});

const boundary = `arn:aws:iam::${targetAccount}:policy/countersign-boundary-orders-read`;
const service = administrator(serviceAccount);

describe('Tampering', () => {
  test.each<[string, Change]>([
    [
      'who may assume a role',
      { source: 'iam', name: 'UpdateAssumeRolePolicy', request: { roleName: 'countersign-orders-read' } },
    ],
    [
      'a role under another letter case',
      { source: 'iam', name: 'PutRolePolicy', request: { roleName: 'Countersign-Notary' } },
    ],
    [
      'a role of a name of ours',
      { source: 'iam', name: 'CreateRole', request: { roleName: 'countersign-other' } },
    ],
    [
      'the boundary of a role',
      {
        source: 'iam',
        name: 'DeleteRolePermissionsBoundary',
        request: { roleName: 'countersign-orders-read' },
      },
    ],
    [
      'which boundary is in force',
      { source: 'iam', name: 'SetDefaultPolicyVersion', request: { policyArn: boundary, versionId: 'v1' } },
    ],
    [
      'a boundary',
      {
        source: 'iam',
        name: 'CreatePolicyVersion',
        request: { policyArn: boundary, policyDocument: boundaryPolicy({ entries: [] }), setAsDefault: true },
      },
    ],
    [
      'the code of a function',
      {
        by: service,
        source: 'lambda',
        name: 'UpdateFunctionCode20150331v2',
        request: { functionName: 'countersign-issue-session' },
      },
    ],
    ['the trail', { source: 'cloudtrail', name: 'StopLogging', request: { name: 'any-trail' } }],
    [
      'what a trail records',
      { source: 'cloudtrail', name: 'PutEventSelectors', request: { trailName: 'any-trail' } },
    ],
    [
      'the bucket of our trail',
      {
        by: service,
        source: 's3',
        name: 'PutBucketLifecycle',
        request: { bucketName: 'countersign-trail-999988887777-us-east-1' },
      },
    ],
    [
      'the bucket of a trail by its name',
      {
        source: 's3',
        name: 'PutBucketPolicy',
        request: { bucketName: 'aws-cloudtrail-logs-111122223333-1a2b3c4d' },
      },
    ],
    [
      'a key of the service',
      {
        by: service,
        source: 'kms',
        name: 'ScheduleKeyDeletion',
        request: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
      },
    ],
    [
      'the API of the service, by its id',
      {
        by: service,
        source: 'apigateway',
        name: 'UpdateStage',
        request: { restApiId: 'a1b2c3d4e5', patchOperations: [{ value: 'the API of Countersign, open' }] },
      },
    ],
    [
      'the table',
      { by: service, source: 'dynamodb', name: 'DeleteTable', request: { tableName: 'countersign' } },
    ],
    [
      'an execution',
      {
        by: service,
        source: 'states',
        name: 'StopExecution',
        request: { executionArn: 'arn:aws:states:us-east-1:999988887777:execution:countersign-grant:x' },
      },
    ],
    [
      'a rule of the watch',
      { source: 'events', name: 'DisableRule', request: { name: 'countersign-watch-assumed' } },
    ],
    [
      'a stack',
      { source: 'cloudformation', name: 'UpdateStack', request: { stackName: 'CountersignTarget' } },
    ],
    [
      'a control of the organization',
      {
        source: 'organizations',
        name: 'DetachPolicy',
        request: { policyId: 'p-12345678', targetId: 'ou-1' },
      },
    ],
    [
      'the logs of a function',
      {
        by: service,
        source: 'logs',
        name: 'DeleteLogGroup',
        request: { logGroupName: '/aws/lambda/countersign-requests' },
      },
    ],
  ])('is to change %s', (_, change) => {
    expect(faultsOf(change)).toEqual(['critical tampering']);
  });

  it('is to write into the table beside Countersign’s functions', () => {
    const change = {
      by: service,
      source: 'dynamodb',
      name: 'UpdateItem',
      request: { tableName: 'countersign' },
    };
    expect(faultsOf(change, { managementEvent: false, eventCategory: 'Data' })).toEqual([
      'critical tampering',
    ]);
  });

  it('is what a function of Countersign does beside its work', () => {
    const change = {
      by: functionSession('requests'),
      source: 'iam',
      name: 'PutRolePolicy',
      request: { roleName: 'countersign-requests' },
    };
    expect(faultsOf(change)).toEqual(['critical tampering']);
  });

  it.each([
    [
      'a trail',
      'UpdateTrail',
      { s3KeyPrefix: '', s3BucketName: 'logs', name: 'organization' },
      'organization',
    ],
    ['nothing', 'UpdateTrail', { s3KeyPrefix: '', snsTopicName: ' ' }, targetAccount],
    ['a key', 'PutKeyPolicy', { keyId: '1234abcd-12ab', policyName: 'default' }, '1234abcd-12ab'],
  ])('is told by the name of what was changed, where the request names %s', (_, name, request, thing) => {
    const by = administrator(name === 'PutKeyPolicy' ? serviceAccount : targetAccount);
    const source = name === 'PutKeyPolicy' ? 'kms' : 'cloudtrail';
    const [finding] = findingsBy('tampering', [...clean(), changing({ by, source, name, request })]);
    expect(finding?.subject).toBe(thing);
    expect(finding?.message).toContain(` did ${name} on ${thing} in account `);
  });

  it('is to change the bucket that a trail was seen to be given', () => {
    const made = changing({
      source: 'cloudtrail',
      name: 'CreateTrail',
      request: { name: 'audit', s3BucketName: 'our-audit' },
    });
    const opened = changing({ source: 's3', name: 'PutBucketPolicy', request: { bucketName: 'our-audit' } });
    expect(faultsIn([...clean(), made, opened])).toEqual(['critical tampering']);
    expect(faultsIn([...clean(), opened])).toEqual([]);
  });

  it('is to change the bucket that the digests lie in', () => {
    const opened = changing({
      source: 's3',
      name: 'PutBucketPolicy',
      request: { bucketName: 'org-audit-logs' },
    });
    const digests = {
      account: targetAccount,
      region: 'us-east-1',
      trail: 'audit',
      bucket: 'org-audit-logs',
      backfill: false,
      digests: 24,
      from: '2026-11-22T00:00:00Z',
      to: '2026-11-23T00:00:00Z',
      verdict: 'verified' as const,
      gaps: [],
    };
    const chains = [digests, { ...digests, account: serviceAccount }];
    expect(faultsIn([...clean(), opened], { integrity: { chains } })).toEqual(['critical tampering']);
  });

  test.each<[string, Change, Record<string, unknown>?]>([
    [
      'CloudFormation that deploys',
      { source: 'iam', name: 'CreateRole', request: { roleName: 'countersign-orders-read' } },
      { userIdentity: { ...identityOf(deployer('cfn-exec')), invokedBy: 'cloudformation.amazonaws.com' } },
    ],
    [
      'the CDK that sets CloudFormation to work',
      {
        by: deployer('deploy'),
        source: 'cloudformation',
        name: 'ExecuteChangeSet',
        request: { stackName: 'CountersignService' },
      },
    ],
    [
      'the work of the workflow',
      {
        by: functionSession('requests'),
        source: 'states',
        name: 'StartExecution',
        request: { stateMachineArn: 'arn:aws:states:us-east-1:999988887777:stateMachine:countersign-grant' },
      },
    ],
    [
      'AWS that delivers logs',
      {
        source: 's3',
        name: 'PutObject',
        request: { bucketName: 'countersign-trail-999988887777-us-east-1' },
      },
      { userIdentity: { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' } },
    ],
    ['another role', { source: 'iam', name: 'PutRolePolicy', request: { roleName: 'orders-read' } }],
    [
      'a policy that only mentions us',
      {
        source: 'iam',
        name: 'PutRolePolicy',
        request: {
          roleName: 'auditor',
          policyDocument: '{"Resource":"arn:aws:iam::1:role/countersign-notary"}',
        },
      },
    ],
    [
      'an object whose name mentions us',
      { source: 's3', name: 'PutObject', request: { bucketName: 'notes', key: 'countersign-notes.txt' } },
      { resources: [{ type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::notes/countersign-notes.txt' }] },
    ],
    [
      'a copy of an object whose name mentions us',
      {
        source: 's3',
        name: 'CopyObject',
        request: { bucketName: 'notes', key: 'a', 'x-amz-copy-source': 'wiki/countersign-notes.txt' },
      },
    ],
    ['a bucket of somebody', { source: 's3', name: 'PutBucketPolicy', request: { bucketName: 'website' } }],
    [
      'a key of another account',
      {
        source: 'kms',
        name: 'ScheduleKeyDeletion',
        request: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
      },
    ],
    ['a new trail', { source: 'cloudtrail', name: 'CreateTrail', request: { name: 'more' } }],
  ])('is not %s', (_, change, over = {}) => {
    expect(faultsOf(change, over)).toEqual([]);
  });

  it('is not excused by a role that deploys, used by hand', () => {
    for (const kind of ['cfn-exec', 'deploy'])
      expect(faultsOf({ by: deployer(kind), ...change })).toEqual(['critical tampering']);
  });

  it('is not excused by CloudFormation, which anybody can have make a change', () => {
    const byCloudFormation = (by: RoleSession) => ({
      userIdentity: { ...identityOf(by), invokedBy: 'cloudformation.amazonaws.com' },
    });
    for (const by of [administrator(), deployer('deploy'), deployer('cfn-exec', serviceAccount)])
      expect(faultsOf(change, byCloudFormation(by))).toEqual(['critical tampering']);
    for (const name of ['stacksets-exec-0a1b2c3d', 'AWSCloudFormationStackSetExecutionRole']) {
      const by = { ...administrator(), roleArn: `arn:aws:iam::${targetAccount}:role/${name}` };
      expect(faultsOf(change, byCloudFormation(by))).toEqual([]);
    }
  });

  test.each<[string, string[], string[]]>([
    ['a role that the reviewer names', ['arn:aws:iam::111122223333:role/administrator'], []],
    ['a role of any account, by a pattern', ['arn:aws:iam::*:role/admin*'], []],
    ['one of several', ['arn:aws:iam::*:role/other', 'arn:aws:iam::*:role/administrator'], []],
    ['another role', ['arn:aws:iam::*:role/administrator-of-billing'], ['critical tampering']],
    ['a role of another account', ['arn:aws:iam::999988887777:role/*'], ['critical tampering']],
  ])('is excused, where %s deploys', (_, deployRoles, faults) => {
    expect(faultsIn([...clean(), changing(change)], { deployRoles })).toEqual(faults);
  });

  it('in vain is asked about, once for all attempts', () => {
    const change = { source: 'iam', name: 'PutRolePolicy', request: { roleName: 'countersign-orders-read' } };
    const refused = ['a', 'b'].map((digit) =>
      changing(change, { errorCode: 'AccessDenied', eventID: `0000000${digit}-0000-4000-8000-000000000000` }),
    );
    const [finding, ...more] = findingsBy('refused-tampering', [...clean(), ...refused]);
    expect(more).toEqual([]);
    expect(finding?.severity).toBe('low');
    expect(finding?.message).toContain('2 times');
  });

  it('survives requests of any shape', () => {
    const shapes: unknown[] = [
      'countersign',
      ['countersign-x'],
      { a: { b: { c: { d: { e: 'countersign-x' } } } } },
      7,
    ];
    for (const shape of shapes) {
      const record = changing({ source: 'iam', name: 'TagRole', request: {} }, { requestParameters: shape });
      expect(() => faultsIn([...clean(), record])).not.toThrow();
    }
  });
});

describe('What watches the accounts', () => {
  it('is not switched off without a question', () => {
    expect(faultsOf({ source: 'guardduty', name: 'DeleteDetector', request: { detectorId: 'd1' } })).toEqual([
      'medium detection-switched-off',
    ]);
    expect(
      faultsOf(
        { source: 'config', name: 'StopConfigurationRecorder', request: {} },
        { errorCode: 'AccessDenied' },
      ),
    ).toEqual([]);
  });
});

describe('A boundary', () => {
  const requestId = anId();
  const entry = { requestId, until: '2026-12-01T00:00:00Z' };
  const revokedAt = addSeconds(approvedAt, 700);
  /** Revoked while its session lives for eight minutes more. */
  const revoked = () =>
    recordsOfRequest(
      followedBy(
        aRequest({ catalogue }),
        approvedByBob,
        issue(1, addSeconds(approvedAt, 600)),
        { event: 'revoked', at: revokedAt, by: 'ada@example.com', reason: 'Left the team' },
        { event: 'closed', at: addSeconds(revokedAt, 1) },
      ),
    );
  const writing = (policyDocument: string, seconds = 2, id = requestId) =>
    boundaryRecords({ at: addSeconds(revokedAt, seconds), requestId: id, policyDocument });
  const other = anId(2);

  it('denies what was revoked', () => {
    expect(faultsIn([...revoked(), ...writing(boundaryPolicy({ entries: [entry] }))])).toEqual([]);
  });

  it('may deny every session up to then instead', () => {
    const cut = boundaryPolicy({ entries: [], issuedBefore: addSeconds(revokedAt, 2) });
    expect(faultsIn([...revoked(), ...writing(cut)])).toEqual([]);
  });

  it('that does not deny it lets its sessions go on', () => {
    const empty = boundaryPolicy({ entries: [{ requestId: other, until: entry.until }] });
    expect(faultsIn([...revoked(), ...writing(empty)])).toContain('high boundary-differs');
  });

  it('keeps denying it when the next grant is denied', () => {
    const good = writing(boundaryPolicy({ entries: [entry] }));
    const worse = writing(
      boundaryPolicy({ entries: [{ requestId: other, until: entry.until }] }),
      400,
      other,
    );
    expect(faultsIn([...revoked(), ...good, ...worse])).toEqual(['high boundary-differs']);
  });

  it('may forget it when no session of it lives', () => {
    const good = writing(boundaryPolicy({ entries: [entry] }));
    const later = writing(boundaryPolicy({ entries: [] }), 3_600, other);
    expect(faultsIn([...revoked(), ...good, ...later])).toEqual([]);
  });

  test.each([
    [
      'allows less than everything',
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
    ],
    [
      'denies under another condition',
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:username': '*' } } },
        ],
      },
    ],
    ['is no policy', {}],
  ])('that %s is none of the revoker’s', (_, policy) => {
    expect(faultsIn([...clean(), ...writing(JSON.stringify(policy))])).toEqual(['high boundary-differs']);
  });
});

describe('A call in a grant’s session', () => {
  it('that changes what guards is tampering like any other', () => {
    const records = clean();
    const session = { ...functionSession('issueSession') };
    const call = callRecord(
      { at, session },
      {
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        readOnly: false,
        requestParameters: { name: 'audit' },
        resources: undefined,
      },
    );
    expect(faultsIn([...records, call])).toEqual(['critical tampering']);
  });
});
