import { describe, expect, it, test } from 'vitest';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import {
  assumeRoleRecord,
  callRecord,
  functionSession,
  loggedSessionToken,
  notaryRole,
  refusedAssumeRoleRecord,
  targetRole,
} from '../records.ts';
import { calls, developer, noon, underGrant } from './calls.ts';

const call = (eventSource: string, eventName: string, over: object = {}) =>
  callRecord(
    { at: noon, session: developer },
    {
      eventSource: `${eventSource}.amazonaws.com`,
      eventName,
      readOnly: false,
      requestParameters: null,
      resources: undefined,
      ...over,
    },
  );

const keptOf = (...records: unknown[]) => trailOfRecords(records).kept;

const assumption = assumeRoleRecord({
  at: noon,
  caller: functionSession('issueSession'),
  roleArn: targetRole('orders-read'),
  sessionName: 'request',
  policy: '{"Statement":[{"Effect":"Deny","Action":"sts:GetSessionToken"}]}',
});

describe('Kept whole is every event', () => {
  test.each([
    ['sts', 'AssumeRole'],
    ['sts', 'AssumeRoleWithSAML'],
    ['sts', 'AssumeRoleWithWebIdentity'],
    ['sts', 'AssumeRoot'],
    ['sts', 'GetFederationToken'],
    ['sts', 'GetSessionToken'],
    ['signin', 'ConsoleLogin'],
    ['signin', 'SwitchRole'],
    ['signin', 'GetSigninToken'],
    ['sso', 'Federate'],
    ['sso', 'GetRoleCredentials'],
    ['sso', 'Authenticate'],
    ['sso', 'CreateToken'],
    ['rolesanywhere', 'CreateSession'],
  ])('that issues credentials, read-only and refused ones too: %s:%s', (source, name) => {
    expect(keptOf(call(source, name, { readOnly: true, errorCode: 'AccessDenied' }))).toHaveLength(1);
  });

  it('whose answer has credentials, of whatever service', () => {
    const responseElements = { credentials: { accessKeyId: 'ASIA1' } };
    expect(keptOf(call('new', 'Make', { readOnly: true, responseElements }))).toHaveLength(1);
    expect(keptOf(call('new', 'Make', { readOnly: true, responseElements: { credentials: {} } }))).toEqual(
      [],
    );
  });

  it.each<[string, object]>([
    ['in a parameter', { requestParameters: { roleName: 'countersign-notary' } }],
    ['in other letters', { requestParameters: { roleName: 'CounterSign-notary' } }],
    ['deep in a list of parameters', { requestParameters: { a: [{ b: { c: ['x', notaryRole] } }] } }],
    ['in parameters that are a text', { requestParameters: '{"roleName":"countersign-notary"}' }],
    ['in resources', { resources: [{ ARN: notaryRole }] }],
    ['in what its record may leave out', { requestParameters: { omitted: true, originalSize: 122_880 } }],
    ['in the message', { errorMessage: `not authorized on ${notaryRole}`, errorCode: 'AccessDenied' }],
    [
      'below more brackets than AWS writes',
      { requestParameters: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) },
    ],
  ])('that changes something and names Countersign %s', (_, over) => {
    expect(keptOf(call('iam', 'PutRolePolicy', over))).toHaveLength(1);
    expect(keptOf(call('iam', 'PutRolePolicy', { readOnly: undefined, ...over }))).toHaveLength(1);
    expect(keptOf(call('iam', 'GetRolePolicy', { readOnly: true, ...over }))).toEqual([]);
  });

  test.each([
    ['cloudtrail', 'StopLogging'],
    ['cloudtrail', 'DeleteTrail'],
    ['cloudtrail', 'UpdateTrail'],
    ['cloudtrail', 'PutEventSelectors'],
    ['cloudtrail', 'PutInsightSelectors'],
    ['s3', 'PutBucketPolicy'],
    ['s3', 'PutBucketLifecycle'],
    ['s3', 'PutBucketVersioning'],
    ['s3', 'PutBucketObjectLockConfiguration'],
    ['s3', 'DeleteBucket'],
    ['kms', 'ScheduleKeyDeletion'],
    ['kms', 'DisableKey'],
    ['kms', 'PutKeyPolicy'],
    ['kms', 'CreateGrant'],
    ['organizations', 'LeaveOrganization'],
    ['guardduty', 'DeleteDetector'],
    ['config', 'StopConfigurationRecorder'],
  ])('that changes what records an account: %s:%s', (source, name) => {
    expect(keptOf(call(source, name), call(source, name, { errorCode: 'AccessDenied' }))).toHaveLength(2);
  });

  it('and no other', () => {
    expect(
      keptOf(
        call('ec2', 'RunInstances', { requestParameters: { name: 'counter sign' } }),
        call('s3', 'PutObject', { requestParameters: { bucketName: 'logs' } }),
        call('constructor', 'toString'),
        ...calls(2),
      ),
    ).toEqual([]);
  });

  it('but not what Countersign itself writes into its table, of which there is so much', () => {
    const write = (session: typeof developer, over: object = {}) =>
      callRecord(
        { at: noon, session },
        {
          eventName: 'UpdateItem',
          readOnly: false,
          requestParameters: { tableName: 'countersign' },
          ...over,
        },
      );
    expect(keptOf(write(functionSession('requests')))).toEqual([]);
    expect(keptOf(write(developer))).toHaveLength(1);
    expect(keptOf(write(functionSession('requests'), { managementEvent: true }))).toHaveLength(1);
  });
});

describe('A kept event', () => {
  it('has what its record has', () => {
    expect(keptOf(assumption)).toEqual([
      {
        id: assumption.eventID,
        at: noon,
        account: '999988887777',
        region: 'us-east-1',
        source: 'sts.amazonaws.com',
        name: 'AssumeRole',
        caller: expect.objectContaining({ type: 'AssumedRole', userName: 'countersign-issue-session' }),
        sourceIp: '203.0.113.7',
        readOnly: true,
        sharedEventId: assumption.sharedEventID,
        request: assumption.requestParameters,
        response: {
          credentials: { accessKeyId: expect.stringMatching(/^ASIA/), expiration: expect.any(String) },
          assumedRoleUser: assumption.responseElements?.assumedRoleUser,
          packedPolicySize: 61,
        },
        resources: [targetRole('orders-read')],
        file: 'records.json',
      },
    ]);
  });

  it('of a refused call has its message, and no request', () => {
    const refused = refusedAssumeRoleRecord({
      at: noon,
      caller: functionSession('issueSession'),
      roleArn: targetRole('orders-read'),
    });
    const [event] = keptOf(refused);
    expect(event?.errorMessage).toBe(refused.errorMessage);
    expect(event && 'request' in event).toBe(false);
  });

  it('has the account of its caller where the record names none', () => {
    const { recipientAccountId: _, ...without } = assumption;
    expect(keptOf(without)[0]?.account).toBe('999988887777');
  });

  it('tells by whom a call was made: console switch, Identity Center, AWS service', () => {
    const callers = [
      { type: 'IdentityCenterUser', onBehalfOf: { userId: 'user-1', identityStoreArn: 'arn:x' } },
      { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      {
        type: 'AssumedRole',
        sessionContext: { attributes: { mfaAuthenticated: true }, sourceIdentity: 'alice' },
      },
    ];
    const kept = keptOf(...callers.map((userIdentity) => ({ ...assumption, eventID: '', userIdentity })));
    const found = kept.map(({ caller }) => caller);
    expect(found).toContainEqual({ type: 'IdentityCenterUser', onBehalfOf: 'user-1' });
    expect(found).toContainEqual({ type: 'AWSService', invokedBy: 'ec2.amazonaws.com' });
    expect(found).toContainEqual({ type: 'AssumedRole', mfa: true, sourceIdentity: 'alice' });
  });
});

describe('No secret leaves the reader', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

  it.each<[string, object]>([
    [
      'a session token in the answer',
      { responseElements: { credentials: { accessKeyId: 'ASIA1', sessionToken: secret } } },
    ],
    ['a secret key in the answer', { responseElements: { credentials: { secretAccessKey: secret } } }],
    [
      'one in other letters',
      { responseElements: { a: [{ SecretAccessKey: secret, 'session-token': secret }] } },
    ],
    ['a password', { requestParameters: { masterUserPassword: secret, password: secret } }],
    [
      'tokens of Identity Center',
      { responseElements: { accessToken: secret, refreshToken: secret, idToken: secret } },
    ],
    ['a secret of Secrets Manager', { requestParameters: { secretString: secret, secretBinary: secret } }],
    ['JSON in a text', { requestParameters: JSON.stringify({ sessionToken: secret }) }],
    ['a session token in a message', { errorMessage: `no: ${loggedSessionToken}${secret}` }],
    ['a presigned address', { requestParameters: { url: `https://x/?X-Amz-Security-Token=${secret}` } }],
    ['a list of headers', { additionalEventData: { headers: [{ 'X-Amz-Security-Token': secret }] } }],
  ])('%s', (_, over) => {
    const trail = trailOfRecords([
      { ...assumption, ...over },
      callRecord({ at: noon, session: underGrant }, { resources: [], ...over }),
    ]);
    expect(trail.kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(trail)).not.toContain(secret);
  });

  it('and what is none stays, though it sounds alike', () => {
    const request = { policy: 'sts:GetSessionToken', clientToken: 'abc', tokenCode: '1', keyId: 'k' };
    const kept = keptOf({ ...assumption, requestParameters: request });
    expect(kept[0]?.request).toEqual(request);
  });
});

describe('A hostile record', () => {
  it('is kept in bounds: long texts, many values, deep brackets', () => {
    const requestParameters = {
      long: 'x'.repeat(1_000_000),
      many: Array.from({ length: 100_000 }, (_, index) => index),
      deep: JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    };
    const text = JSON.stringify(keptOf({ ...assumption, requestParameters }));
    expect(text.length).toBeLessThan(100_000);
  });

  it('cannot set a prototype, or break what is written of it', () => {
    const request = JSON.parse('{"__proto__":{"polluted":1},"half":"\\ud800","a\\udfff":1,"number":1e999}');
    const [event] = keptOf({ ...assumption, requestParameters: request });
    expect(event?.request).toEqual({ half: '\ufffd', 'a\ufffd': 1, number: 'Infinity' });
    expect(Object.getPrototypeOf(event?.request)).toBe(Object.prototype);
  });

  it('is compared with another of the same id, whatever it holds', () => {
    const hostile = {
      ...assumption,
      requestParameters: { half: '\ud800', number: Number.POSITIVE_INFINITY },
    };
    const trail = trailOfRecords([hostile, hostile, assumption]);
    expect(trail.conflicts).toHaveLength(1);
    expect(trail.kept).toHaveLength(2);
  });

  it('has no more resources than can be looked at', () => {
    const resources = Array.from({ length: 10_000 }, () => ({ ARN: notaryRole }));
    expect(keptOf({ ...assumption, resources })[0]?.resources).toHaveLength(256);
  });
});
