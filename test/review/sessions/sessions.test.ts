import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assumeRoleRecord,
  assumeRoleRecords,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  identityOf,
  type RoleSession,
  sessionArnOf,
  targetAccount,
  targetRole,
} from '../records.ts';
import { aSession, at, awsService, carol, iamUser, identityCenterRole, samlUser } from './people.ts';
import { reviewed } from './reviewed.ts';

const deploy = aSession();

/** Carol assumes a role: the session gets `accessKeyId`. */
const assumed = (session: RoleSession, over: Partial<CloudTrailRecord> = {}) =>
  assumeRoleRecord(
    { at: session.createdAt, caller: session, ...session },
    { userIdentity: iamUser('carol'), ...over },
  );

/** How the console's own session differs: another key, the same ARN and creation time. */
const inConsole = (session: RoleSession): RoleSession => ({
  ...session,
  accessKeyId: 'ASIACONSOLE000000001',
});

const called = (session: RoleSession, seconds: number, over: Partial<CloudTrailRecord> = {}) =>
  callRecord({ at: at(seconds), session }, over);

describe('by the access key', () => {
  it('a session is joined to the call that returned its key', () => {
    const issuing = assumed(deploy);
    const session = reviewed([issuing, called(deploy, 10)]).sessionOf(deploy);
    expect(session).toMatchObject({ joinedBy: 'accessKey', issuedBy: carol, calls: 1 });
    expect(session.issuance?.event.id).toBe(issuing.eventID);
  });

  it('also where the use was delivered before the issue, and by its clock happened before', () => {
    const session = reviewed([called(deploy, -3), assumed(deploy)]).sessionOf(deploy);
    expect(session).toMatchObject({ joinedBy: 'accessKey', issuedBy: carol });
  });

  it('two keys that live under one ARN are two sessions', () => {
    const second = { ...deploy, accessKeyId: 'ASIADEPLOY0000000002', createdAt: at(60) };
    const asDave = { userIdentity: iamUser('dave') };
    const { sessions, sessionOf } = reviewed([
      assumed(deploy),
      assumed(second, asDave),
      called(second, 90),
      called(deploy, 91),
    ]);
    expect(sessions).toHaveLength(2);
    expect(sessionOf(deploy).issuedBy).toBe(carol);
    expect(sessionOf(second).issuedBy).toBe(`arn:aws:iam::${targetAccount}:user/dave`);
  });

  it('the role that Lambda assumes is joined, though the record lacks the ARN of its session', () => {
    const issuing = assumed(deploy, {
      userIdentity: awsService('lambda.amazonaws.com'),
      responseElements: { credentials: { accessKeyId: deploy.accessKeyId } },
    });
    expect(reviewed([issuing, called(deploy, 5)]).sessionOf(deploy)).toMatchObject({
      joinedBy: 'accessKey',
      issuedBy: 'lambda.amazonaws.com',
    });
  });

  it('the session of a federated user is joined like that of a role', () => {
    const arn = `arn:aws:sts::${targetAccount}:federated-user/console`;
    const key = 'ASIAFEDERATED0000001';
    const issuing = assumed(deploy, {
      eventName: 'GetFederationToken',
      requestParameters: { name: 'console' },
      responseElements: { credentials: { accessKeyId: key }, federatedUser: { arn } },
    });
    const use = called(deploy, 9, { userIdentity: { type: 'FederatedUser', arn, accessKeyId: key } });
    expect(reviewed([issuing, use]).sessions).toMatchObject([
      { arn, joinedBy: 'accessKey', issuedBy: carol },
    ]);
  });

  it('the key decides where the ARN says otherwise', () => {
    const renamed = { ...deploy, sessionName: 'somebody-else' };
    expect(reviewed([assumed(deploy), called(renamed, 5)]).sessionOf(renamed)).toMatchObject({
      joinedBy: 'accessKey',
      issuedBy: carol,
      issuance: { sessionArn: sessionArnOf(deploy) },
    });
  });

  it('a key that two calls returned decides nothing', () => {
    const forged = assumed(deploy, { userIdentity: iamUser('dave') });
    expect(reviewed([assumed(deploy), forged, called(deploy, 5)]).sessionOf(deploy)).toMatchObject({
      joinedBy: 'ambiguous',
      issuedBy: undefined,
      behind: [],
    });
  });

  it.each(['AKIA****************', 'REDACTED', 'HIDDEN_DUE_TO_SECURITY_REASONS', '1111'])(
    'a masked key joins nothing: %s',
    (accessKeyId) => {
      const masked = { ...deploy, accessKeyId, createdAt: at(0) };
      const other = { ...masked, createdAt: at(-3600) };
      const session = reviewed([assumed(masked), called(other, 5)]).sessionOf(other);
      expect(session).toMatchObject({ joinedBy: 'unresolved', issuedBy: undefined });
    },
  );
});

describe('by session ARN and creation time', () => {
  it('a console session is joined, whose key is none that STS returned', () => {
    const session = inConsole(deploy);
    expect(reviewed([assumed(deploy), called(session, 60)]).sessionOf(session)).toMatchObject({
      joinedBy: 'arnAndTime',
      issuedBy: carol,
      issuance: { accessKeyId: deploy.accessKeyId },
    });
  });

  it('a session of IAM Identity Center leads to its user', () => {
    const session = aSession({ roleArn: identityCenterRole, sessionName: 'erin@example.com' });
    const issuing = assumed(session, {
      eventName: 'AssumeRoleWithSAML',
      userIdentity: samlUser('erin@example.com'),
    });
    const used = inConsole(session);
    expect(reviewed([issuing, called(used, 0)]).sessionOf(used)).toMatchObject({
      joinedBy: 'arnAndTime',
      issuedBy: 'erin@example.com',
      behind: [{ who: 'erin@example.com', kind: 'identityCenter' }],
    });
  });

  it('another second is another session', () => {
    const session = { ...inConsole(deploy), createdAt: at(1) };
    expect(reviewed([assumed(deploy), called(session, 60)]).sessionOf(session).joinedBy).toBe('unresolved');
  });

  it('two sessions of one ARN that were issued in one second cannot be told apart', () => {
    const twin = assumed({ ...deploy, accessKeyId: 'ASIADEPLOY0000000002' });
    const session = inConsole(deploy);
    expect(reviewed([assumed(deploy), twin, called(session, 60)]).sessionOf(session)).toMatchObject({
      joinedBy: 'ambiguous',
      issuedBy: undefined,
      behind: [{ who: carol, kind: 'user', joinedBy: 'ambiguous' }],
    });
  });

  it('calls without a key are one session only as long as the ARN had one', () => {
    const keyless = { ...deploy, accessKeyId: '' };
    const calls = [called(keyless, 5), called(keyless, 700)];
    expect(reviewed([assumed(deploy), ...calls]).sessionOf(keyless)).toMatchObject({
      joinedBy: 'arnAndTime',
      issuedBy: carol,
    });
    const second = assumed({ ...deploy, accessKeyId: 'ASIADEPLOY0000000002', createdAt: at(600) });
    expect(reviewed([assumed(deploy), second, ...calls]).sessionOf(keyless)).toMatchObject({
      joinedBy: 'ambiguous',
      behind: [{ who: carol, joinedBy: 'ambiguous' }],
    });
  });
});

describe('where an ARN had two sessions at one time', () => {
  const second = { ...deploy, accessKeyId: 'ASIADEPLOY0000000002', createdAt: at(600) };
  const issuing = [assumed(deploy), assumed(second)];

  it('a key of its own keeps a console session apart', () => {
    const session = inConsole(second);
    const calls = [called(session, 610), called(session, 620)];
    expect(reviewed([...issuing, ...calls]).sessionOf(session)).toMatchObject({
      joinedBy: 'arnAndTime',
      issuance: { accessKeyId: second.accessKeyId },
    });
  });

  it('so does the creation time a single call', () => {
    const session = { ...second, accessKeyId: '' };
    expect(reviewed([...issuing, called(session, 610)]).sessionOf(session)).toMatchObject({
      joinedBy: 'arnAndTime',
      issuance: { accessKeyId: second.accessKeyId },
    });
  });
});

describe('a switch of roles in the console', () => {
  const switchRole = (session: RoleSession, over: Partial<CloudTrailRecord> = {}) => ({
    ...called(session, 0),
    eventID: '00000000-0000-4000-8000-00000000005c',
    eventSource: 'signin.amazonaws.com',
    eventName: 'SwitchRole',
    userIdentity: { type: 'AssumedRole', arn: sessionArnOf(session), accountId: targetAccount },
    requestParameters: null,
    responseElements: { SwitchRole: 'Success' },
    additionalEventData: { SwitchFrom: 'arn:aws:iam::999988887777:user/carol' },
    ...over,
  });
  const keyless = { ...deploy, accessKeyId: '' };

  it('opens the session under which it is logged', () => {
    const { sessionOf } = reviewed([assumed(deploy), switchRole(deploy), called(inConsole(deploy), 20)]);
    for (const session of [keyless, inConsole(deploy)])
      expect(sessionOf(session)).toMatchObject({ joinedBy: 'arnAndTime', issuedBy: carol });
  });

  it('names the person where the call itself was logged elsewhere', () => {
    const { sessionOf } = reviewed([switchRole(deploy), called(inConsole(deploy), 20)]);
    expect(sessionOf(inConsole(deploy))).toMatchObject({
      joinedBy: 'arnAndTime',
      issuance: undefined,
      issuedBy: 'arn:aws:iam::999988887777:user/carol',
      behind: [{ kind: 'user', eventId: '00000000-0000-4000-8000-00000000005c' }],
    });
  });

  it('names the person where only the copy of the role owner is there, which does not', () => {
    const owners = assumed(deploy, {
      userIdentity: { type: 'AWSAccount', principalId: 'AIDACKCEVSQ6C2EXAMPLE', accountId: '999988887777' },
    });
    const issuedBy = (records: CloudTrailRecord[]) =>
      reviewed([owners, called(deploy, 5), ...records]).sessionOf(deploy).issuedBy;
    expect(issuedBy([])).toBe('AIDACKCEVSQ6C2EXAMPLE of 999988887777');
    expect(issuedBy([switchRole(deploy, { eventTime: at(1) })])).toBe('arn:aws:iam::999988887777:user/carol');
  });

  it('and another one later are not told apart without a key, but both were of one person', () => {
    const again = switchRole(deploy, {
      eventID: '00000000-0000-4000-8000-00000000005d',
      eventTime: at(7200),
    });
    expect(reviewed([switchRole(deploy), again]).sessionOf(keyless)).toMatchObject({
      joinedBy: 'ambiguous',
      issuedBy: undefined,
      behind: [{ who: 'arn:aws:iam::999988887777:user/carol', joinedBy: 'ambiguous' }],
    });
  });

  it('cannot be told from another one in the same second', () => {
    const another = switchRole(deploy, { eventID: '00000000-0000-4000-8000-00000000005d' });
    const session = inConsole(deploy);
    expect(reviewed([switchRole(deploy), another, called(session, 20)]).sessionOf(session).joinedBy).toBe(
      'ambiguous',
    );
  });

  it('that failed opens nothing', () => {
    const failed = switchRole(deploy, { responseElements: { SwitchRole: 'Failure' } });
    expect(reviewed([failed, called(inConsole(deploy), 20)]).sessionOf(inConsole(deploy)).joinedBy).toBe(
      'unresolved',
    );
  });
});

describe('by the source identity', () => {
  const forCarol = { ...deploy, sourceIdentity: 'carol@example.com' };
  const issuing = assumed(forCarol);
  /** Signed in to the console a minute later. */
  const later = { ...inConsole(forCarol), createdAt: at(60) };
  const joinedBy = (records: CloudTrailRecord[], session = later) =>
    reviewed(records).sessionOf(session).joinedBy;

  it('a session is joined that was made and used while the credentials lived', () => {
    expect(reviewed([issuing, called(later, 100), called(later, 900)]).sessionOf(later)).toMatchObject({
      joinedBy: 'sourceIdentity',
      issuedBy: carol,
    });
  });

  it.each([
    ['used after they expired', [called(later, 901)]],
    ['used before they were issued', [called(later, -60)]],
  ])('but not one that was %s', (_when, calls) => {
    expect(joinedBy([issuing, ...calls])).toBe('unresolved');
  });

  it('nor one that was there before them', () => {
    const earlier = { ...later, createdAt: at(-3600) };
    expect(joinedBy([issuing, called(earlier, 100)], earlier)).toBe('unresolved');
  });

  it.each([
    ['of somebody else', { sourceIdentity: 'dave@example.com' }],
    ['of another role', { roleArn: `arn:aws:iam::${targetAccount}:role/audit` }],
    ['of another name', { sessionName: 'carol-2' }],
    ['without one', { sourceIdentity: undefined }],
  ])('nor one %s', (_what, over) => {
    const other = { ...later, ...over };
    expect(joinedBy([issuing, called(other, 100)], other)).toBe('unresolved');
  });

  it('clocks may differ by some seconds', () => {
    const early = (seconds: number) => ({ ...later, createdAt: at(-seconds) });
    expect(joinedBy([issuing, called(early(5), -5)], early(5))).toBe('sourceIdentity');
    expect(joinedBy([issuing, called(early(6), -6)], early(6))).toBe('unresolved');
  });

  it('where two such credentials lived then, it is ambiguous; where one had expired, it is not', () => {
    const second = assumed({ ...forCarol, accessKeyId: 'ASIADEPLOY0000000002', createdAt: at(30) });
    expect(joinedBy([issuing, second, called(later, 100)])).toBe('ambiguous');
    expect(joinedBy([issuing, second, called(later, 910)])).toBe('sourceIdentity');
  });
});

describe('a service-linked role', () => {
  const linked = aSession({
    roleArn: `arn:aws:iam::${targetAccount}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    sessionName: 'AutoScaling',
    accessKeyId: '',
  });

  it('is assumed by its service alone, mostly unseen', () => {
    expect(reviewed([called(linked, 0)]).sessionOf(linked)).toMatchObject({
      joinedBy: 'serviceLinked',
      issuedBy: 'autoscaling.amazonaws.com',
      behind: [{ who: 'autoscaling.amazonaws.com', kind: 'service', joinedBy: 'serviceLinked' }],
    });
  });

  it('needs no telling which of its calls it was', () => {
    const issuing = ['ASIALINKED0000000001', 'ASIALINKED0000000002'].map((accessKeyId) =>
      assumed({ ...linked, accessKeyId }, { userIdentity: awsService('autoscaling.amazonaws.com') }),
    );
    expect(reviewed([...issuing, called(linked, 5)]).sessionOf(linked).joinedBy).toBe('serviceLinked');
  });

  it('is known by its name where the record has no ARN of the role', () => {
    const { sessionContext: _context, ...identity } = identityOf(linked);
    const userIdentity = { ...identity, invokedBy: 'autoscaling.amazonaws.com' };
    expect(reviewed([called(linked, 0, { userIdentity })]).sessions).toMatchObject([
      { joinedBy: 'serviceLinked', issuedBy: 'autoscaling.amazonaws.com' },
    ]);
  });

  it('is not one that only has such a name', () => {
    const named = { ...linked, roleArn: `arn:aws:iam::${targetAccount}:role/AWSServiceRoleForAutoScaling` };
    expect(reviewed([called(named, 0)]).sessionOf(named).joinedBy).toBe('unresolved');
  });

  it('is not one in whose session a service acted for a person', () => {
    const managed = aSession({ roleArn: targetRole('orders-read'), accessKeyId: '' });
    const userIdentity = { ...identityOf(managed), invokedBy: 'cloudformation.amazonaws.com' };
    expect(reviewed([called(managed, 0, { userIdentity })]).sessions).toMatchObject([
      { joinedBy: 'unresolved', issuedBy: undefined, behind: [] },
    ]);
  });
});

describe('all sessions together', () => {
  const issuer = functionSession('issueSession');
  const target = aSession({ roleArn: targetRole('orders-read'), accessKeyId: 'ASIAORDERS0000000001' });
  const everything = [
    assumed(deploy),
    assumed({ ...deploy, accessKeyId: 'ASIADEPLOY0000000002' }),
    called(deploy, 5),
    called(inConsole(deploy), 6),
    called({ ...deploy, accessKeyId: '' }, 7),
    ...assumeRoleRecords({ at: at(8), caller: issuer, ...target, sourceIdentity: 'alice@example.com' }),
    called({ ...target, createdAt: at(8) }, 9),
    called({ ...inConsole(target), createdAt: at(8), sourceIdentity: 'alice@example.com' }, 10),
    called(issuer, 11),
  ];

  it('are the same in whatever order the records come', () => {
    const { trail: _trail, sessionOf: _sessionOf, ...expected } = reviewed(everything);
    fc.assert(
      fc.property(fc.shuffledSubarray(everything, { minLength: everything.length }), (shuffled) => {
        const { issuances, sessions } = reviewed(shuffled);
        expect({ issuances, sessions }).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('keep what the trail says of them', () => {
    const { trail, sessions } = reviewed(everything);
    expect(sessions).toMatchObject(trail.sessions);
  });
});
