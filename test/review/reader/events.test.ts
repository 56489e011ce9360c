import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import { callRecord, deniedCallRecord, sessionArnOf } from '../records.ts';
import { calls, developer, noon, underGrant } from './calls.ts';

const record = callRecord({ at: noon, session: developer });
const { eventTime: _, ...withoutTime } = record;

describe('The time of an event', () => {
  it.each([
    ['2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z'],
    ['2026-11-22 12:00:01', '2026-11-22T12:00:01Z'],
    ['2026-11-22 12:00:01.000000000', '2026-11-22T12:00:01Z'],
    ['2026-11-22T12:00:01.999Z', '2026-11-22T12:00:01Z'],
    ['2026-11-22T12:00:01+00:00', '2026-11-22T12:00:01Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['2106-02-07T06:28:15Z', '2106-02-07T06:28:15Z'],
  ])('%s is %s', (eventTime, at) => {
    expect(trailOfRecords([{ ...record, eventTime }]).completeness).toMatchObject({ first: at, last: at });
  });

  it.each([
    '',
    'now',
    '...',
    '2026-02-30T12:00:01Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T12:60:00Z',
    '2026-11-22T12:00:6xZ',
    '2026-11-22T12:00:00+01:00',
    '1969-12-31T23:59:59Z',
    '2106-02-07T06:28:16Z',
    '2026-11-22T12:00',
    1795348800,
    null,
    {},
    '20261122T120000Z',
    '2026-11-22T12:00:00Zx',
  ])('%j is none, also after an event of the same hour', (eventTime) => {
    const { completeness } = trailOfRecords([record, { ...record, eventTime }]);
    expect(completeness).toMatchObject({ records: 2, unique: 1, skipped: { noTime: 1 } });
  });

  it('is @timestamp where an export has that instead', () => {
    const { completeness } = trailOfRecords([{ ...withoutTime, '@timestamp': '2026-11-22T12:00:01.123Z' }]);
    expect(completeness.first).toBe('2026-11-22T12:00:01Z');
    expect(trailOfRecords([withoutTime]).completeness.skipped).toEqual({ noTime: 1 });
  });

  it('need not be in order', () => {
    const [first, second, third] = calls(3);
    const { completeness, files } = trailOfRecords([third, first, second]);
    const span = { first: noon, last: addSeconds(noon, 2) };
    expect(completeness).toMatchObject(span);
    expect(files[0]).toMatchObject(span);
  });
});

describe('A record without what most have', () => {
  it.each<[string, object]>([
    ['no userIdentity', { userIdentity: undefined }],
    ['null for it', { userIdentity: null }],
    ['a text for it', { userIdentity: 'alice' }],
    ['a list for it', { userIdentity: ['alice'] }],
    ['no type, as of AWS services', { userIdentity: { invokedBy: 'AWS Internal' } }],
    [
      'an empty sessionIssuer',
      { userIdentity: { type: 'Root', sessionContext: { sessionIssuer: {}, attributes: null } } },
    ],
    ['parameters that are a text', { requestParameters: 'countersign' }],
    ['resources that are no list', { resources: 'countersign' }],
    ['numbers for names', { eventSource: 5, errorCode: 5, awsRegion: 5, sourceIPAddress: [] }],
    ['an error code that is empty', { errorCode: '' }],
  ])('is an event all the same: %s', (_, over) => {
    const trail = trailOfRecords([{ ...record, ...over }]);
    expect(trail.completeness).toMatchObject({ unique: 1, skipped: {} });
  });

  it.each([null, 1, 'text', true, [], [record], {}, { eventTime: noon }, { eventName: 5, eventTime: noon }])(
    'is none when it has no name of a call: %j',
    (value) => {
      const { completeness } = trailOfRecords([value]);
      expect(completeness).toMatchObject({ records: 1, unique: 0, skipped: { notARecord: 1 } });
    },
  );

  it('is none when it is an Insight', () => {
    const { completeness } = trailOfRecords([
      { eventTime: noon, eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight', insightDetails: {} },
    ]);
    expect(completeness.skipped).toEqual({ insight: 1 });
  });

  it('cannot reach what all objects inherit', () => {
    const hostile = JSON.parse(
      `{"__proto__":{"eventName":"x","eventTime":"${noon}"},"constructor":{"prototype":{"polluted":1}}}`,
    );
    expect(trailOfRecords([hostile]).completeness.skipped).toEqual({ notARecord: 1 });
    const named = JSON.parse(
      `{"eventName":"__proto__","eventSource":"constructor","errorCode":"__proto__","eventTime":"${noon}","eventID":"__proto__",
       "userIdentity":{"type":"AssumedRole","arn":"__proto__","accessKeyId":"toString"}}`,
    );
    const { sessions } = trailOfRecords([named]);
    expect(sessions[0]?.actions).toMatchObject([
      { action: { source: 'constructor', name: '__proto__', errorCode: '__proto__' } },
    ]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('Sessions', () => {
  it('are one for each access key and ARN, by first call', () => {
    const other = { ...developer, accessKeyId: 'ASIADEVELOPERSKEY002' };
    const { sessions } = trailOfRecords([
      ...calls(2, other).map((call) => ({ ...call, eventTime: addSeconds(call.eventTime, -60) })),
      ...calls(3),
      ...calls(1, { ...developer, sessionName: 'eve' }),
    ]);
    expect(sessions.map(({ accessKeyId, calls }) => [accessKeyId, calls])).toEqual([
      ['ASIADEVELOPERSKEY002', 2],
      ['ASIADEVELOPERSKEY001', 3],
      ['ASIADEVELOPERSKEY001', 1],
    ]);
    expect(sessions[1]).toMatchObject({
      arn: sessionArnOf(developer),
      first: noon,
      last: addSeconds(noon, 2),
    });
  });

  it('are of roles and federated users alone', () => {
    const types = ['AssumedRole', 'FederatedUser', 'IAMUser', 'Root', 'AWSService', 'SAMLUser', undefined];
    const { sessions } = trailOfRecords(
      types.map((type) => ({
        ...record,
        eventID: '',
        userIdentity: { ...record.userIdentity, type, accessKeyId: type },
      })),
    );
    expect(sessions.map(({ accessKeyId }) => accessKeyId)).toEqual(['AssumedRole', 'FederatedUser']);
  });

  it('count errors, and apart from them what AWS refused', () => {
    const codes = [
      'AccessDenied',
      'Client.UnauthorizedOperation',
      'AccessDeniedException',
      'NoSuchBucket',
      'ExpiredToken',
    ];
    const { sessions } = trailOfRecords([
      ...codes.map((errorCode) => callRecord({ at: noon, session: developer }, { errorCode })),
      ...calls(2),
    ]);
    expect(sessions[0]).toMatchObject({ calls: 7, errors: 5, denied: 3 });
  });

  it('list their actions by count, then by name, each outcome for itself', () => {
    const [first, ...others] = calls(3);
    const { sessions } = trailOfRecords([
      callRecord({ at: noon, session: developer }, { eventName: 'Zebra' }),
      callRecord({ at: noon, session: developer }, { eventName: 'Ape' }),
      { ...first, errorCode: 'AccessDenied' },
      ...others,
    ]);
    expect(sessions[0]?.actions.map(({ action, count }) => [action.name, action.errorCode, count])).toEqual([
      ['GetItem', undefined, 2],
      ['Ape', undefined, 1],
      ['GetItem', 'AccessDenied', 1],
      ['Zebra', undefined, 1],
    ]);
  });

  it('list each call where the role is one of Countersign, and none elsewhere', () => {
    const denied = deniedCallRecord({ at: addSeconds(noon, 9), session: underGrant });
    const [mine, theirs] = trailOfRecords([denied, ...calls(1, underGrant), ...calls(1)]).sessions;
    expect(theirs?.each).toEqual([]);
    expect(mine?.each).toEqual([
      {
        id: calls(1, underGrant)[0]?.eventID,
        at: noon,
        source: 'dynamodb.amazonaws.com',
        name: 'GetItem',
        denied: false,
        region: 'us-east-1',
        sourceIp: '203.0.113.7',
        object: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders',
      },
      {
        id: denied.eventID,
        at: addSeconds(noon, 9),
        source: 'dynamodb.amazonaws.com',
        name: 'DeleteItem',
        errorCode: 'AccessDenied',
        denied: true,
        region: 'us-east-1',
        sourceIp: '203.0.113.7',
        object: 'orders',
      },
    ]);
  });

  it('have the caller as their first record shows it', () => {
    const [first, second] = calls(2);
    const service = {
      ...second,
      userIdentity: { ...second?.userIdentity, invokedBy: 'athena.amazonaws.com' },
    };
    const { sessions } = trailOfRecords([service, first]);
    expect(sessions[0]?.identity).toEqual({
      type: 'AssumedRole',
      arn: sessionArnOf(developer),
      account: '111122223333',
      principalId: expect.stringMatching(/^AROA.*:bob$/),
      accessKeyId: 'ASIADEVELOPERSKEY001',
      userName: 'developer',
      issuerArn: developer.roleArn,
      createdAt: developer.createdAt,
      mfa: false,
    });
  });

  it('exist without a key, and with nothing but a key', () => {
    const identities = [
      { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/a/b' },
      { type: 'AssumedRole', accessKeyId: 'ASIA1' },
      { type: 'AssumedRole', principalId: 'AROA:b', accessKeyId: '' },
      { type: 'AssumedRole' },
    ];
    const { sessions } = trailOfRecords(
      identities.map((userIdentity) => ({ ...record, userIdentity, eventID: '' })),
    );
    expect(sessions.map(({ arn, accessKeyId }) => [arn, accessKeyId])).toEqual([
      ['', 'ASIA1'],
      ['AROA:b', undefined],
      ['arn:aws:sts::111122223333:assumed-role/a/b', undefined],
    ]);
  });
});

describe('What a call was done to', () => {
  const objectOf = (over: object) =>
    trailOfRecords([callRecord({ at: noon, session: underGrant }, over)]).sessions[0]?.each[0]?.object;

  it.each<[string, object, string | undefined]>([
    ['an ARN of resources', { resources: [{ type: 'x' }, { ARN: 'arn:b' }, { arn: 'arn:c' }] }, 'arn:b'],
    [
      'the object in a bucket',
      { resources: null, requestParameters: { key: 'a/b', bucketName: 'logs' } },
      'arn:aws:s3:::logs/a/b',
    ],
    ['a bucket', { resources: null, requestParameters: { bucketName: 'logs' } }, 'arn:aws:s3:::logs'],
    [
      'an ARN before a name',
      { resources: [], requestParameters: { name: 'n', secretArn: 'arn:s' } },
      'arn:s',
    ],
    ['a name before an id', { resources: [], requestParameters: { xId: '1', roleName: 'r' } }, 'r'],
    [
      'a name before another, by alphabet',
      { resources: [], requestParameters: { b_name: 'b', a_name: 'a' } },
      'a',
    ],
    ['nothing', { resources: [], requestParameters: { limit: 5 } }, undefined],
    ['nothing of a request that is none', { resources: [], requestParameters: null }, undefined],
  ])('is %s', (_, over, object) => {
    expect(objectOf(over)).toBe(object);
  });
});
