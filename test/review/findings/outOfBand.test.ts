import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { chainedSession } from '#review/findings/rules/chainedSession.ts';
import type { Integrity } from '#review/integrity/integrity.ts';
import { aCatalogue } from '../../support/builders.ts';
import { approvedAt, stories } from '../grants/stories.ts';
import {
  assumeRoleRecord,
  assumeRoleRecords,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  ownersCopy,
  type RoleSession,
  refusedAssumeRoleRecord,
  serviceAccount,
  sessionFrom,
  targetAccount,
  targetRole,
} from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { administrator, changeRecord, faultsIn, findingsBy, materialOf, sessionIn } from './material.ts';

const at = '2026-11-22T10:20:00Z';
const clean = () => recordsOfRequest(stories.used());
const first = (records: CloudTrailRecord[]): CloudTrailRecord => {
  const [record] = records;
  if (!record) throw new RangeError('There is no record.');
  return record;
};

describe('A session of a target role without a grant', () => {
  const entered = (caller: RoleSession, sessionName = 'mallory') =>
    assumeRoleRecords({ at, caller, roleArn: targetRole('orders-read'), sessionName });

  it('is out-of-band when an administrator opens it', () => {
    expect(faultsIn([...clean(), ...entered(administrator(serviceAccount))])).toEqual([
      'critical session-without-grant',
    ]);
  });

  it('is out-of-band when only the role owner’s copy tells of it', () => {
    const [, copy] = entered(administrator(serviceAccount));
    expect(faultsIn([...clean(), ...(copy ? [copy] : [])])).toEqual(['critical session-without-grant']);
  });

  it('is out-of-band when the right function opens it in the name of no request', () => {
    const records = entered(functionSession('issueSession'), '01KANB1X009999999999999999');
    expect(faultsIn([...clean(), ...records])).toEqual(['critical session-without-grant']);
  });

  it('is out-of-band when another function opens it in the name of a request, and says nothing against that grant', () => {
    const real = sessionIn(clean());
    const records = assumeRoleRecords({
      at,
      caller: functionSession('decisions'),
      roleArn: real.roleArn,
      sessionName: real.sessionName,
      sourceIdentity: 'dave@example.com',
    });
    const calls = callRecord({ at: '2026-11-22T23:00:00Z', session: sessionFrom(first(records)) });
    expect(faultsIn([...clean(), ...records, calls])).toEqual(['critical session-without-grant']);
  });

  it('is out-of-band when somebody calls their session like the function', () => {
    const pretender = { ...administrator(serviceAccount), sessionName: 'countersign-issue-session' };
    const real = sessionIn(clean());
    const records = assumeRoleRecords({
      at,
      caller: pretender,
      roleArn: real.roleArn,
      sessionName: real.sessionName,
    });
    expect(faultsIn([...clean(), ...records])).toEqual(['critical session-without-grant']);
  });

  it('is out-of-band when it is entered by SAML', () => {
    const record = assumeRoleRecord(
      { at, caller: administrator(), roleArn: targetRole('orders-read'), sessionName: 'mallory' },
      { eventName: 'AssumeRoleWithSAML', userIdentity: { type: 'SAMLUser', userName: 'mallory' } },
    );
    expect(faultsIn([...clean(), record])).toEqual(['critical session-without-grant']);
  });

  it('says how much was done in it, and names its records', () => {
    const records = entered(administrator(serviceAccount));
    const call = callRecord({ at: addSeconds(at, 9), session: sessionFrom(first(records)) });
    const [finding] = findingsBy('session-without-grant', [...clean(), ...records, call]);
    expect(finding?.message).toContain('1 call followed');
    expect(findingsBy('session-without-grant', [...clean(), ...records])[0]?.message).toContain(
      'no call followed',
    );
    expect(finding?.eventIds).toEqual(records.map(({ eventID }) => eventID));
  });

  it('is none where the role has another name, or belongs to a service', () => {
    const paths = [
      'countersign/reader',
      'aws-service-role/x.amazonaws.com/AWSServiceRoleForX',
      'not-countersign',
    ];
    const records = paths.flatMap((path) =>
      assumeRoleRecords({
        at,
        caller: administrator(serviceAccount),
        roleArn: `arn:aws:iam::111122223333:role/${path}`,
        sessionName: 'mallory',
      }),
    );
    expect(faultsIn([...clean(), ...records])).toEqual([]);
  });
});

describe('Access that nobody approved counts for every period that it reaches into', () => {
  const records = (roleArn: string, caller = administrator(serviceAccount)) => {
    const entered = assumeRoleRecord({ at, caller, roleArn, sessionName: 'mallory', duration: 900 });
    return [...clean(), entered, callRecord({ at: addSeconds(at, 7_200), session: sessionFrom(entered) })];
  };
  const chained = () => records('arn:aws:iam::111122223333:role/batch', sessionIn(clean()));

  test.each([
    ['session-without-grant', records(targetRole('orders-admin'))],
    ['borrowed-role', records('arn:aws:iam::999988887777:role/countersign-decisions')],
    ['chained-session', chained()],
  ])('%s', (rule, all) => {
    const found = (seconds: number, given: CloudTrailRecord[]) =>
      findingsBy(rule, given, { period: { from: addSeconds(at, seconds) } }).length;
    const unused = all.slice(0, -1);
    expect({
      alive: found(600, unused),
      expired: found(901, unused),
      used: found(7_000, all),
      over: found(7_201, all),
    }).toEqual({ alive: 1, expired: 0, used: 1, over: 0 });
  });
});

describe('Sessions that were opened from an account that is among no logs', () => {
  const copyOf = (caller: RoleSession, sessionName: string, role = 'orders-read') =>
    assumeRoleRecords({ at, caller, roleArn: targetRole(role), sessionName }).slice(1);
  const issueSession = (account?: string) => functionSession('issueSession', account);
  const ofTarget = () => clean().filter(({ recipientAccountId }) => recipientAccountId === targetAccount);
  const another = '01KANB1X009999999999999999';
  const stranger = '666677778888';

  it('cannot be judged, which is told once for all of them and is no less than high', () => {
    const copies = [
      ...copyOf(issueSession(), another),
      ...copyOf(functionSession('endGrant'), another, 'revoker'),
    ];
    expect(faultsIn([...ofTarget(), ...copies])).toEqual([
      'high session-without-grant',
      'high borrowed-role',
      'medium gap-in-coverage',
    ]);
    const [finding] = findingsBy('session-without-grant', [...ofTarget(), ...copies]);
    expect(finding).toMatchObject({ subject: serviceAccount, account: serviceAccount });
    expect(finding?.message).toMatch(/^3 sessions .* not among the files/);
    expect(finding?.eventIds).toHaveLength(3);
  });

  it('are told of the periods that they reach into', () => {
    const records = [...ofTarget(), ...copyOf(issueSession(), another)];
    const told = (from: string, to: string) =>
      findingsBy('session-without-grant', records, { period: { from, to } }).map(({ message }) =>
        message.slice(0, 10),
      );
    expect(told(approvedAt, at)).toEqual(['2 sessions']);
    expect(told(at, addSeconds(at, 60))).toEqual(['3 sessions']);
    expect(told(addSeconds(at, 86_400), addSeconds(at, 90_000))).toEqual([]);
  });

  const critical = 'critical session-without-grant';

  it.each<[string, CloudTrailRecord[]]>([
    [
      'were not the function’s, by their name',
      copyOf({ ...issueSession(), sessionName: 'mallory' }, another),
    ],
    ['were the function’s of another role', copyOf(functionSession('decisions'), another)],
    ['are named after no request', copyOf(issueSession(), 'mallory')],
    ['were opened from two accounts, of which a role trusts one', copyOf(issueSession(stranger), another)],
    [
      'were opened by a user',
      copyOf(administrator(), another).map((copy) => ({
        ...copy,
        userIdentity: { type: 'AWSAccount', principalId: 'AIDAMALLORY', accountId: serviceAccount },
      })),
    ],
  ])('are out-of-band where they %s', (_, copies) => {
    expect(faultsIn([...ofTarget(), ...copies])).toContain(critical);
  });

  it('are out-of-band where anything tells of that account', () => {
    const elsewhere = changeRecord({
      at,
      by: administrator(serviceAccount),
      source: 'sts',
      name: 'GetSessionToken',
      request: {},
    });
    expect(faultsIn([...ofTarget(), elsewhere])).toContain(critical);
    const digests = {
      account: serviceAccount,
      region: 'us-east-1',
      trail: 'audit',
      bucket: 'logs',
      backfill: false,
      digests: 1,
      from: at,
      to: at,
      verdict: 'verified',
      gaps: [],
    } as const satisfies Partial<Integrity['chains'][number]>;
    expect(faultsIn(ofTarget(), { integrity: { chains: [{ ...digests, gaps: [] }] } })).toContain(critical);
  });

  it('are out-of-band where it is known that Countersign runs in another', () => {
    expect(faultsIn([...clean(), ...copyOf(issueSession(stranger), another)])).toContain(critical);
  });

  it('are out-of-band where that account is one that grants reach into', () => {
    const catalogue = aCatalogue();
    const entries = [...catalogue.entries].map(
      ([id, entry]) => [id, { ...entry, account: { ...entry.account, id: serviceAccount } }] as const,
    );
    const elsewhere = { ...catalogue, entries: new Map(entries) };
    expect(faultsIn(ofTarget(), { catalogues: [elsewhere] })).toContain(critical);
  });
});

describe('A key of a target role that nobody is seen to get', () => {
  const session = (over: Partial<RoleSession> = {}): RoleSession => ({
    roleArn: targetRole('orders-item'),
    sessionName: 'debugging',
    accessKeyId: 'ASIAUNKNOWNUNKNOWN00',
    createdAt: at,
    ...over,
  });
  const calling = (over?: Partial<RoleSession>) =>
    callRecord({ at: addSeconds(at, 5), session: session(over) });

  it('is out-of-band', () => {
    expect(faultsIn([...clean(), calling()])).toEqual(['critical session-without-grant']);
  });

  it('may have been made before the logs begin', () => {
    expect(faultsIn([...clean(), calling({ createdAt: '2026-11-22T09:30:00Z' })])).toEqual([
      'low session-without-grant',
    ]);
  });

  it('may be that of a console sign-in with a session that was issued', () => {
    const real = sessionIn(clean());
    const inConsole = {
      ...real,
      accessKeyId: 'ASIACONSOLECONSOLE00',
      createdAt: addSeconds(real.createdAt, 30),
    };
    const records = [...clean(), callRecord({ at: addSeconds(real.createdAt, 60), session: inConsole })];
    expect(faultsIn(records)).toEqual(['medium session-without-grant']);
  });

  it('is that of the session itself where the console shows it under another key', () => {
    const real = { ...sessionIn(clean()), accessKeyId: 'ASIACONSOLECONSOLE00' };
    expect(faultsIn([...clean(), callRecord({ at: addSeconds(real.createdAt, 60), session: real })])).toEqual(
      [],
    );
  });

  it('of a switch of roles in the console whose AssumeRole is gone is out-of-band', () => {
    const switched = callRecord(
      { at, session: administrator() },
      {
        eventSource: 'signin.amazonaws.com',
        eventName: 'SwitchRole',
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::111122223333:assumed-role/countersign-orders-item/debugging`,
          accountId: '111122223333',
        },
        responseElements: { SwitchRole: 'Success' },
        additionalEventData: { SwitchFrom: 'arn:aws:iam::111122223333:user/mallory' },
        resources: undefined,
      },
    );
    expect(faultsIn([...clean(), switched, calling()])).toContain('critical session-without-grant');
  });
});

describe('A role that Countersign works with', () => {
  const roleIn = (name: string, account = serviceAccount) => `arn:aws:iam::${account}:role/${name}`;

  test.each([
    'countersign-decisions',
    'countersign-issue-session',
    'countersign-workflow',
    'countersign-reconcile',
  ])('%s is borrowed by whoever enters it and is not its service', (name) => {
    const record = assumeRoleRecord({
      at,
      caller: administrator(serviceAccount),
      roleArn: roleIn(name),
      sessionName: name,
    });
    expect(faultsIn([...clean(), record])).toEqual(['critical borrowed-role']);
  });

  it('is borrowed when Lambda runs another function under it', () => {
    const byLambda = (sessionName: string) =>
      assumeRoleRecord(
        { at, caller: administrator(), roleArn: roleIn('countersign-decisions'), sessionName },
        {
          userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
          recipientAccountId: serviceAccount,
        },
      );
    expect(faultsIn([...clean(), byLambda('evil-function')])).toEqual(['critical borrowed-role']);
    expect(faultsIn([...clean(), byLambda('countersign-decisions')])).toEqual([]);
  });

  it('is borrowed when somebody other than endGrant becomes the revoker', () => {
    const records = assumeRoleRecords({
      at,
      caller: functionSession('issueSession'),
      roleArn: targetRole('revoker'),
      sessionName: 'x1',
    });
    expect(faultsIn([...clean(), ...records])).toEqual(['critical borrowed-role']);
  });

  it('is borrowed where calls are made in a session that nobody is seen to open', () => {
    const session = { ...functionSession('issueSession'), sessionName: 'mallory', createdAt: at };
    expect(faultsIn([...clean(), callRecord({ at: addSeconds(at, 1), session })])).toEqual([
      'critical borrowed-role',
    ]);
  });

  it('may be used in a session that Lambda renewed unseen, which is asked about', () => {
    const session = { ...functionSession('decisions'), accessKeyId: 'ASIAUNSEENUNSEEN0000', createdAt: at };
    expect(faultsIn([...clean(), callRecord({ at: addSeconds(at, 1), session })])).toEqual([
      'medium borrowed-role',
    ]);
  });

  it('runs by itself where nobody asks for anything', () => {
    const started = (service: string, name: string, sessionName = name) =>
      assumeRoleRecord(
        { at, caller: administrator(), roleArn: roleIn(name, '888877776666'), sessionName },
        { userIdentity: { type: 'AWSService', invokedBy: service }, recipientAccountId: '888877776666' },
      );
    const reconcile = started('lambda.amazonaws.com', 'countersign-reconcile');
    const records = [
      reconcile,
      started('states.amazonaws.com', 'countersign-workflow', 'workflow'),
      started('events.amazonaws.com', 'countersign-watch', 'events'),
      callRecord({ at: addSeconds(at, 1), session: sessionFrom(reconcile) }),
    ];
    expect(faultsIn([...clean(), ...records])).toEqual([]);
    expect(faultsIn(records)).toEqual([]);
  });

  it('as the notary makes no calls at all', () => {
    const record = clean().find(({ requestParameters }) =>
      String(requestParameters?.roleArn).endsWith('notary'),
    );
    const session = sessionFrom(first(record ? [record] : []));
    expect(faultsIn([...clean(), callRecord({ at, session })])).toEqual(['critical borrowed-role']);
  });

  it('is not made the judge of a target by somebody who copies its names there', () => {
    const fake = { ...functionSession('issueSession', '111122223333') };
    const session = sessionIn(clean());
    const forged = assumeRoleRecord({
      at,
      caller: fake,
      roleArn: session.roleArn,
      sessionName: session.sessionName,
    });
    const evidence = recordsOfRequest(stories.cancelled(), { account: '111122223333' });
    const faults = faultsIn([...clean(), ...evidence, forged]);
    expect(faults).toContain('critical session-without-grant');
    expect(faults).toContain('critical wrong-attester');
  });
});

describe('Credentials out of a grant’s session', () => {
  const chained = () => {
    const records = clean();
    const session = sessionIn(records);
    const record = assumeRoleRecord({
      at: addSeconds(approvedAt, 100),
      caller: session,
      roleArn: 'arn:aws:iam::111122223333:role/batch',
      sessionName: 'onward',
    });
    return [...records, record];
  };

  it('should have been refused', () => {
    expect(faultsIn(chained())).toEqual(['critical chained-session']);
  });

  it('are worth reading where the entitlement allows them', () => {
    const chaining = aCatalogue((source) => {
      Object.assign(source.entitlements['orders-read'] ?? {}, { allowChaining: true });
    });
    const findings = findingsBy('chained-session', chained(), { catalogues: [chaining] });
    expect(findings.map(({ severity }) => severity)).toEqual(['info']);
  });
});

describe('Credentials of other kinds out of a grant’s session', () => {
  const chaining = aCatalogue((source) => {
    Object.assign(source.entitlements['orders-read'] ?? {}, { allowChaining: true });
  });
  const giving = (source: string, name: string, over: Partial<CloudTrailRecord> = {}) => {
    const session = sessionIn(clean());
    const call = { eventSource: `${source}.amazonaws.com`, eventName: name, ...over };
    return [...clean(), callRecord({ at: addSeconds(approvedAt, 100), session }, call)];
  };
  const severities = (...given: Parameters<typeof findingsBy>) =>
    findingsBy(...given).map(({ severity }) => severity);

  it('are a token of STS’s, which its session policy denies unless chaining is allowed', () => {
    const records = giving('sts', 'GetWebIdentityToken');
    expect(severities('chained-session', records)).toEqual(['critical']);
    expect(severities('chained-session', records, { catalogues: [chaining] })).toEqual(['info']);
  });

  test.each([
    'CreateAccessKey',
    'CreateLoginProfile',
    'UpdateLoginProfile',
    'CreateServiceSpecificCredential',
    'ResetServiceSpecificCredential',
    'UploadSigningCertificate',
  ])('are those of users that last: %s', (name) => {
    expect(faultsIn(giving('iam', name))).toEqual(['medium chained-session']);
  });

  it('are none where they were refused, where others get them, or where a call only sounds alike', () => {
    const others = callRecord(
      { at, session: administrator() },
      { eventSource: 'iam.amazonaws.com', eventName: 'CreateAccessKey' },
    );
    expect(faultsIn([...clean(), others])).toEqual([]);
    expect(faultsIn(giving('iam', 'CreateAccessKey', { errorCode: 'AccessDenied' }))).toEqual([]);
    expect(faultsIn(giving('iam', 'DeleteAccessKey'))).toEqual([]);
    expect(faultsIn(giving('constructor', 'CreateAccessKey'))).toEqual([]);
  });

  it('are told once however many they are', () => {
    const session = sessionIn(clean());
    const often = [1, 2, 3].map((second) =>
      callRecord(
        { at: addSeconds(approvedAt, second), session },
        {
          eventSource: 'iam.amazonaws.com',
          eventName: 'CreateAccessKey',
          requestParameters: { userName: 'mallory' },
          resources: undefined,
        },
      ),
    );
    const [finding, ...more] = findingsBy('chained-session', [...clean(), ...often]);
    expect(more).toEqual([]);
    expect(finding?.message).toContain('3 calls of CreateAccessKey (mallory)');
  });

  it('take no longer to look for where somebody else makes very many', () => {
    const onward = first(
      assumeRoleRecords({
        at,
        caller: administrator(),
        roleArn: 'arn:aws:iam::111122223333:role/batch',
        sessionName: 'x',
      }),
    );
    const material = materialOf([...clean(), onward]);
    const [issuance] = material.issuances.ok.filter(({ sessionName }) => sessionName === 'x');
    if (!issuance) throw new RangeError('Nothing was issued.');
    const ok = Array.from({ length: 200_000 }, () => ({ ...issuance }));
    const started = performance.now();
    expect(chainedSession.find({ ...material, issuances: { ...material.issuances, ok } })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('A refused attempt to enter a role of Countersign', () => {
  const refused = (caller: RoleSession, roleArn = targetRole('orders-read')) =>
    refusedAssumeRoleRecord({ at, caller, roleArn });

  it('is asked about', () => {
    expect(faultsIn([...clean(), refused(administrator())])).toEqual(['low refused-assume-role']);
  });

  it('is told once however often it was tried', () => {
    const often = [1, 2, 3].map((second) =>
      refusedAssumeRoleRecord({
        at: addSeconds(at, second),
        caller: administrator(),
        roleArn: targetRole('orders-read'),
      }),
    );
    const [finding, ...more] = findingsBy('refused-assume-role', [...clean(), ...often]);
    expect(more).toEqual([]);
    expect(finding?.message).toContain('3 times');
  });

  it('is told of the period that it lies in: others before and after do not count', () => {
    const tried = [0, 40_000, 40_001, 90_000].map((seconds) =>
      refusedAssumeRoleRecord({
        at: addSeconds(at, seconds),
        caller: administrator(),
        roleArn: targetRole('orders-read'),
      }),
    );
    const told = (from: number, to: number) =>
      findingsBy('refused-assume-role', [...clean(), ...tried], {
        period: { from: addSeconds(at, from), to: addSeconds(at, to) },
      });
    expect(told(1, 40_000)).toEqual([]);
    const [finding] = told(1, 80_000);
    expect(finding?.message).toContain('2 times');
    expect(finding).toMatchObject({ at: addSeconds(at, 40_000), until: addSeconds(at, 40_001) });
    expect(finding?.eventIds).toHaveLength(2);
  });

  it('is no fault of its own function, nor of other roles', () => {
    const records = [
      refused(functionSession('issueSession')),
      refused(administrator(), 'arn:aws:iam::111122223333:role/other'),
    ];
    expect(faultsIn([...clean(), ...records])).toEqual([]);
  });
});

describe('The two records of a call across accounts', () => {
  it('say the same, or one log was changed', () => {
    const [callers, ...others] = recordsOfRequest(stories.used()).filter(
      ({ recipientAccountId, requestParameters }) =>
        recipientAccountId === serviceAccount && String(requestParameters?.roleArn).endsWith('orders-read'),
    );
    const copy = ownersCopy(first(callers ? [callers] : []));
    const edited = {
      ...copy,
      requestParameters: { ...copy.requestParameters, sourceIdentity: 'dave@example.com' },
    };
    const records = recordsOfRequest(stories.used()).map((record) =>
      record.eventID === copy.eventID ? edited : record,
    );
    expect(others).toHaveLength(1);
    expect(faultsIn(records)).toEqual(['critical copies-differ']);
    const plain = records.map((record) => ({
      ...record,
      requestParameters: record.requestParameters && { ...record.requestParameters, policyArns: undefined },
    }));
    expect(faultsIn(plain)).toEqual(['critical copies-differ']);
  });
});
