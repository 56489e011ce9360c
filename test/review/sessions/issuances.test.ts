import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuancesOf } from '#review/sessions/issuances.ts';
import {
  assumeRoleRecord,
  assumeRoleRecords,
  functionSession,
  loggedSessionToken,
  ownersCopy,
  refusedAssumeRoleRecord,
  serviceAccount,
  sessionArnOf,
  targetAccount,
  targetRole,
} from '../records.ts';
import { aSession, at, awsService, carol, iamUser } from './people.ts';
import { issued, keptEvent } from './reviewed.ts';

const issuer = functionSession('issueSession');
const intoTarget = {
  at: at(0),
  caller: issuer,
  roleArn: targetRole('orders-read'),
  sessionName: '01M81YE4X65KSGWT8AKTR6PX3B',
  sourceIdentity: 'alice@example.com',
  policy: '{"Version":"2012-10-17","Statement":[]}',
  policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  tags: { 'cs:request': '01M81YE4X65KSGWT8AKTR6PX3B' },
  accessKeyId: 'ASIAORDERS0000000001',
};
const deploy = aSession();
const byCarol = assumeRoleRecord(
  {
    at: at(0),
    caller: deploy,
    roleArn: deploy.roleArn,
    sessionName: 'carol',
    accessKeyId: deploy.accessKeyId,
  },
  { userIdentity: iamUser('carol') },
);

describe('who got credentials', () => {
  it('an AssumeRole tells which session of which role it opened, until when and within which bounds', () => {
    const [{ event, ...issuance } = expect.fail()] = issued(assumeRoleRecord(intoTarget)).ok;
    expect(event.caller.arn).toBe(sessionArnOf(issuer));
    expect(issuance).toEqual({
      copies: [],
      roleArn: intoTarget.roleArn,
      sessionName: intoTarget.sessionName,
      sessionArn: sessionArnOf(intoTarget),
      accessKeyId: intoTarget.accessKeyId,
      expiresAt: at(900),
      durationSeconds: 900,
      sourceIdentity: intoTarget.sourceIdentity,
      tags: intoTarget.tags,
      policy: intoTarget.policy,
      policyArns: intoTarget.policyArns,
    });
  });

  it('a GetFederationToken opens a session of its own kind', () => {
    const arn = `arn:aws:sts::${targetAccount}:federated-user/console`;
    const { ok } = issued({
      ...byCarol,
      eventName: 'GetFederationToken',
      requestParameters: { name: 'console', durationSeconds: 3600, policy: '{}' },
      responseElements: {
        credentials: { accessKeyId: 'ASIAFEDERATED0000001', expiration: 'Nov 22, 2026, 11:00:00 AM' },
        federatedUser: { arn, federatedUserId: `${targetAccount}:console` },
      },
    });
    expect(ok).toMatchObject([{ sessionArn: arn, sessionName: 'console', expiresAt: at(3600) }]);
  });

  it('where a service assumes a role and logs no ARN, the ARN is that of role and session name', () => {
    const roleArn = `arn:aws:iam::${targetAccount}:role/service/thumbnails`;
    const { ok } = issued({
      ...byCarol,
      userIdentity: awsService('lambda.amazonaws.com'),
      requestParameters: { roleArn, roleSessionName: 'thumbnails' },
      responseElements: {
        credentials: { accessKeyId: 'ASIATHUMBNAILS000001', expiration: 'Nov 22, 2026 10:00:00 PM' },
      },
    });
    expect(ok).toMatchObject([
      {
        accessKeyId: 'ASIATHUMBNAILS000001',
        sessionArn: `arn:aws:sts::${targetAccount}:assumed-role/thumbnails/thumbnails`,
        expiresAt: at(12 * 3600),
      },
    ]);
  });

  it('IAM Roles Anywhere and Cognito issue credentials as well', () => {
    const session = { ...deploy, sessionName: 'build-7' };
    const { ok } = issued(
      {
        ...byCarol,
        eventID: '00000000-0000-4000-8000-000000000001',
        eventSource: 'rolesanywhere.amazonaws.com',
        eventName: 'CreateSession',
        requestParameters: { roleArn: deploy.roleArn },
        responseElements: {
          credentialSet: [
            {
              assumedRoleUser: { arn: sessionArnOf(session) },
              credentials: { accessKeyId: 'ASIAANYWHERE00000001', expiration: '2026-11-22T11:00:00Z' },
              roleArn: deploy.roleArn,
            },
          ],
        },
      },
      {
        ...byCarol,
        eventID: '00000000-0000-4000-8000-000000000002',
        eventSource: 'cognito-identity.amazonaws.com',
        eventName: 'GetCredentialsForIdentity',
        requestParameters: { identityId: 'us-east-1:5d8f9e2a' },
        responseElements: { credentials: { accessKeyId: 'ASIACOGNITO000000001' } },
      },
    );
    expect(ok).toMatchObject([
      { sessionArn: sessionArnOf(session), sessionName: 'build-7', accessKeyId: 'ASIAANYWHERE00000001' },
      { accessKeyId: 'ASIACOGNITO000000001' },
    ]);
  });

  it('reads tags as a list and as a map, and a tag called __proto__ is a tag like any other', () => {
    const request = (tags: unknown) => ({ roleArn: deploy.roleArn, roleSessionName: 'carol', tags });
    const tagsOf = (tags: unknown) =>
      issuancesOf({ kept: [keptEvent({ request: request(tags) })] }).ok[0]?.tags;
    expect(tagsOf([{ key: 'team', value: 'red' }])).toEqual({ team: 'red' });
    expect(tagsOf({ team: 'red', size: 3 })).toEqual({ team: 'red' });
    expect(tagsOf([{ key: 'team' }, null, 'red', { key: 'floor', value: '2' }])).toEqual({ floor: '2' });
    const hostile = tagsOf([{ key: '__proto__', value: 'polluted' }]);
    expect(Object.keys(hostile ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).value).toBeUndefined();
  });

  it('whom the caller worked for stays known along a chain, though only the first call names them', () => {
    const caller = { ...deploy, sourceIdentity: 'carol@example.com' };
    const next = assumeRoleRecord({ at: at(5), caller, roleArn: targetRole('x'), sessionName: 'next' });
    expect(issued(next).ok[0]?.sourceIdentity).toBe('carol@example.com');
  });

  it('no session token is in it', () => {
    expect(JSON.stringify(issued(byCarol, ...assumeRoleRecords(intoTarget)))).not.toContain(
      loggedSessionToken,
    );
  });
});

describe('a call across accounts', () => {
  const [callers, owners] = assumeRoleRecords(intoTarget);
  if (!callers || !owners) throw new Error('both copies');

  it.each([
    ['caller first', [callers, owners]],
    ['owner first', [owners, callers]],
  ])('is one issuance with its caller, whichever copy was delivered first (%s)', (_order, records) => {
    const { ok } = issued(...records);
    expect(ok).toHaveLength(1);
    expect(ok[0]?.event).toMatchObject({ account: serviceAccount, caller: { arn: sessionArnOf(issuer) } });
    expect(ok[0]?.copies).toMatchObject([{ account: targetAccount, caller: { type: 'AWSAccount' } }]);
  });

  it('is one also where only the copy of the role owner is there', () => {
    expect(issued(owners).ok).toMatchObject([
      { accessKeyId: intoTarget.accessKeyId, event: { account: targetAccount }, copies: [] },
    ]);
  });

  it('takes what only one of the copies shows', () => {
    const [issuance] = issued({ ...callers, requestParameters: null, responseElements: null }, owners).ok;
    expect(issuance).toMatchObject({
      accessKeyId: intoTarget.accessKeyId,
      roleArn: intoTarget.roleArn,
      event: { account: serviceAccount },
    });
  });

  it('is not one with a record of another key that has its id', () => {
    const forged = ownersCopy(callers, {
      responseElements: { credentials: { accessKeyId: 'ASIAFORGED0000000001' } },
    });
    expect(
      issued(callers, forged)
        .ok.map(({ accessKeyId }) => accessKeyId)
        .sort(),
    ).toEqual(['ASIAFORGED0000000001', intoTarget.accessKeyId]);
  });

  it('is not one with another record of the same account', () => {
    const again = { ...owners, eventID: '00000000-0000-4000-8000-000000000001' };
    expect(issued(owners, again).ok).toMatchObject([{ copies: [] }, { copies: [] }]);
  });

  it('that was refused is one refusal', () => {
    const refused = refusedAssumeRoleRecord(
      { at: at(0), caller: issuer, roleArn: intoTarget.roleArn },
      { sharedEventID: 'c0ffee00-0000-4000-8000-000000000000' },
    );
    const seenByOwner = { ...refused, userIdentity: owners.userIdentity, recipientAccountId: targetAccount };
    const { failed } = issued(refused, { ...seenByOwner, eventID: 'c0ffee00-0000-4000-8000-000000000001' });
    expect(failed).toMatchObject([{ roleArn: intoTarget.roleArn, copies: [{ account: targetAccount }] }]);
  });

  it('an export that masks ids does not make one call of many', () => {
    const masked = Array.from({ length: 40 }, (_, index) =>
      keptEvent({ id: `event-${index}`, account: `${index}`, sharedEventId: 'HIDDEN' }),
    );
    expect(issuancesOf({ kept: masked }).ok).toHaveLength(40);
  });
});

describe('who was refused', () => {
  const role = 'arn:aws:iam::111122223333:role/team/deploy.prod';
  it.each([
    [`User: ${carol} is not authorized to perform: sts:AssumeRole on resource: ${role}`, role],
    [
      `User: ${carol} is not authorized to perform: sts:TagSession on resource: ${role} with an explicit deny`,
      role,
    ],
    [
      `User: ${sessionArnOf(deploy)} is not authorized to perform: sts:AssumeRole on resource: ${role}.`,
      role,
    ],
    [`Not authorized to assume role/deploy.`, 'role/deploy'],
    [`User: ${sessionArnOf(deploy)} is not authorized`, undefined],
    ['An unknown error occurred', undefined],
  ])('%s', (errorMessage, roleArn) => {
    const refused = {
      ...byCarol,
      errorCode: 'AccessDenied',
      errorMessage,
      requestParameters: null,
      resources: [],
    };
    const { ok, failed } = issued({ ...refused, responseElements: null });
    expect(ok).toEqual([]);
    expect(failed).toMatchObject([{ roleArn, event: { caller: { arn: carol } } }]);
  });

  it('is known from the request where STS logs it', () => {
    const refused = { ...byCarol, errorCode: 'ExpiredToken', resources: [] };
    expect(issued(refused).failed).toMatchObject([{ roleArn: deploy.roleArn }]);
  });
});

describe('signing in', () => {
  const consoleLogin = (outcome: unknown, over = {}) => ({
    ...byCarol,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    requestParameters: null,
    responseElements: { ConsoleLogin: outcome },
    ...over,
  });

  it('to the console issues no credentials; that it failed stands in the answer, not in an error code', () => {
    const { ok, failed, signIns } = issued(
      consoleLogin('Success', { eventID: '00000000-0000-4000-8000-000000000001' }),
      consoleLogin('Failure', {
        eventID: '00000000-0000-4000-8000-000000000002',
        errorMessage: 'Failed authentication',
      }),
    );
    expect([ok, failed]).toEqual([[], []]);
    expect(signIns.map(({ succeeded }) => succeeded)).toEqual([true, false]);
  });

  it('a sign-in token returns a key, but it is that of the session that asked', () => {
    const { ok, signIns } = issued(
      consoleLogin(undefined, {
        eventName: 'GetSigninToken',
        responseElements: { credentials: { accessKeyId: deploy.accessKeyId }, GetSigninToken: 'Success' },
      }),
    );
    expect([ok, signIns]).toMatchObject([[], [{ succeeded: true }]]);
  });
});

describe('records of any shape', () => {
  const anyEvent = fc.record({
    source: fc.constantFrom(
      'sts.amazonaws.com',
      'signin.amazonaws.com',
      'sso.amazonaws.com',
      'x.amazonaws.com',
    ),
    name: fc.constantFrom('AssumeRole', 'GetSessionToken', 'SwitchRole', 'Federate', 'constructor'),
    request: fc.anything(),
    response: fc.oneof(
      fc.anything(),
      fc.record({ credentials: fc.anything(), assumedRoleUser: fc.anything(), credentialSet: fc.anything() }),
    ),
    additional: fc.anything(),
    errorCode: fc.option(fc.string(), { nil: undefined }),
    errorMessage: fc.option(fc.string(), { nil: undefined }),
    sharedEventId: fc.constantFrom(undefined, 'shared'),
    account: fc.constantFrom('111122223333', '999988887777'),
    resources: fc.array(fc.string()),
  });

  it('are counted, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (shapes) => {
        const kept = shapes.map((shape, index) => keptEvent({ ...shape, id: `event-${index}` }));
        const { ok, failed } = issuancesOf({ kept });
        const calls = [...ok, ...failed].flatMap(({ event, copies }) => [event, ...copies]);
        const asked = kept.filter(
          ({ source, name }) => source === 'sts.amazonaws.com' && /^(AssumeRole|GetSessionToken)$/.test(name),
        );
        expect(calls).toEqual(expect.arrayContaining(asked));
        expect(new Set(calls).size).toBe(calls.length);
      }),
    );
  });
});
