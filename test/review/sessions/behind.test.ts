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
import { aSession, at, awsService, carol, iamUser, identityCenterRole, root, samlUser } from './people.ts';
import { reviewed } from './reviewed.ts';

const deploy = aSession();

/** The session whose call it was assumes a role. */
const chained = (caller: RoleSession, session: RoleSession, over: Partial<CloudTrailRecord> = {}) =>
  assumeRoleRecord({ at: session.createdAt, caller, ...session }, over);

const behind = (session: RoleSession, records: CloudTrailRecord[]) =>
  reviewed([...records, callRecord({ at: session.createdAt, session })])
    .sessionOf(session)
    .behind.map(({ who, kind, joinedBy }) => `${who} (${kind}, ${joinedBy})`);

describe('who is behind a session', () => {
  it.each([
    ['an IAM user', iamUser('carol'), `${carol} (user, accessKey)`],
    ['the root user', root, `arn:aws:iam::${targetAccount}:root (root, accessKey)`],
    ['an AWS service', awsService('ec2.amazonaws.com'), 'ec2.amazonaws.com (service, accessKey)'],
    [
      'a user for whom the console called',
      { ...iamUser('carol'), invokedBy: 'AWS Internal' },
      `${carol} (user, accessKey)`,
    ],
    [
      'somebody of another account, whose own log is not there',
      { type: 'AWSAccount', accountId: '999988887777', principalId: 'AROAIXM6CN36S62W3XUG:dave' },
      'AROAIXM6CN36S62W3XUG:dave of 999988887777 (account, accessKey)',
    ],
    ['nobody that the record names', {}, 'unknown (unknown, accessKey)'],
    ['nobody that this software knows', { type: '__proto__', userName: 'x' }, 'x (unknown, accessKey)'],
  ])('is %s', (_who, userIdentity, expected) => {
    expect(behind(deploy, [chained(deploy, deploy, { userIdentity })])).toEqual([expected]);
  });

  it('is whom a SAML provider vouched for', () => {
    const provider = `arn:aws:iam::${targetAccount}:saml-provider/Okta`;
    const saml = chained(deploy, deploy, {
      eventName: 'AssumeRoleWithSAML',
      userIdentity: samlUser('carol@example.com'),
      requestParameters: { principalArn: provider, roleArn: deploy.roleArn, roleSessionName: 'carol' },
    });
    expect(behind(deploy, [saml])).toEqual([`carol@example.com of ${provider} (saml, accessKey)`]);
  });

  it('is the subject of a web identity with its provider', () => {
    const subject = 'repo:shop/orders:ref:refs/heads/main';
    const web = chained(deploy, deploy, {
      eventName: 'AssumeRoleWithWebIdentity',
      userIdentity: { type: 'WebIdentityUser', userName: subject },
      responseElements: {
        credentials: { accessKeyId: deploy.accessKeyId },
        subjectFromWebIdentityToken: subject,
        provider: 'token.actions.githubusercontent.com',
      },
    });
    expect(behind(deploy, [web])).toEqual([
      `${subject} of token.actions.githubusercontent.com (webIdentity, accessKey)`,
    ]);
  });

  describe('of IAM Identity Center', () => {
    const admin = aSession({
      roleArn: identityCenterRole,
      sessionName: 'erin@example.com',
      accessKeyId: 'ASIAADMIN00000000001',
    });

    it('is its user, for the session is named after them', () => {
      expect(behind(admin, [])).toEqual(['erin@example.com (identityCenter, unresolved)']);
    });

    it('is its user also where they went on into another role', () => {
      expect(behind(deploy, [chained(admin, deploy)])).toEqual([
        `${sessionArnOf(admin)} (role, accessKey)`,
        'erin@example.com (identityCenter, unresolved)',
      ]);
    });

    it('is not whoever names a session of an own role after a user', () => {
      const own = {
        ...admin,
        roleArn: `arn:aws:iam::${targetAccount}:role/AWSReservedSSO_Admin_7243976e43c75fc5`,
      };
      expect(behind(own, [])).toEqual([]);
    });

    it('is the user on whose behalf an application called', () => {
      const userIdentity = { ...identityOf(deploy), onBehalfOf: { userId: '976710cc5d-9d976f61' } };
      const { sessions } = reviewed([callRecord({ at: at(0), session: deploy }, { userIdentity })]);
      expect(sessions).toMatchObject([
        { joinedBy: 'unresolved', behind: [{ who: '976710cc5d-9d976f61', kind: 'identityCenter' }] },
      ]);
    });
  });

  it('of a grant is the function that issued it, and behind that Lambda', () => {
    const issuer = functionSession('issueSession');
    const grant = aSession({
      roleArn: targetRole('orders-read'),
      sessionName: '01M81YE4X65KSGWT8AKTR6PX3B',
      accessKeyId: 'ASIAORDERS0000000001',
    });
    const start = chained(issuer, issuer, { userIdentity: awsService('lambda.amazonaws.com') });
    const records = assumeRoleRecords({ at: at(0), caller: issuer, ...grant });
    expect(behind(grant, [start, ...records])).toEqual([
      `${sessionArnOf(issuer)} (role, accessKey)`,
      'lambda.amazonaws.com (service, accessKey)',
    ]);
  });

  it('is found through a console session in the middle', () => {
    const inConsole = { ...deploy, accessKeyId: 'ASIACONSOLE000000001' };
    const next = aSession({
      roleArn: `arn:aws:iam::${targetAccount}:role/audit`,
      accessKeyId: 'ASIAAUDIT00000000001',
      createdAt: at(90),
    });
    const first = chained(deploy, deploy, { userIdentity: iamUser('carol') });
    expect(behind(next, [first, chained(inConsole, next)])).toEqual([
      `${sessionArnOf(deploy)} (role, accessKey)`,
      `${carol} (user, arnAndTime)`,
    ]);
  });

  it('ends with the role where the logs go no further back', () => {
    const next = aSession({ accessKeyId: 'ASIAAUDIT00000000001', createdAt: at(90) });
    expect(behind(next, [chained({ ...deploy, createdAt: at(-9000) }, next)])).toEqual([
      `${sessionArnOf(deploy)} (role, accessKey)`,
    ]);
  });
});

describe('a chain of roles', () => {
  /** One role after the other, each assumed in the session of the one before; Carol began it. */
  const chainOf = (length: number) => {
    const sessions = Array.from({ length }, (_, index) =>
      aSession({
        roleArn: `arn:aws:iam::${targetAccount}:role/hop-${index}`,
        accessKeyId: `ASIAHOP${String(index).padStart(13, '0')}`,
        createdAt: at(index),
      }),
    );
    const records = sessions.map((session, index) =>
      chained(sessions[index - 1] ?? session, session, index === 0 ? { userIdentity: iamUser('carol') } : {}),
    );
    return { records, last: sessions.at(-1) ?? deploy };
  };

  it('leads back to its beginning, however long it is; of a long one both ends are shown', () => {
    const { records, last } = chainOf(600);
    const links = behind(last, records);
    expect(links).toHaveLength(21);
    expect(links[0]).toContain('role/hop-598/');
    expect(links[10]).toBe('580 more in between (unknown, accessKey)');
    expect(links.at(-1)).toBe(`${carol} (user, accessKey)`);
  });

  it('that is not long is shown whole', () => {
    const { records, last } = chainOf(20);
    const links = behind(last, records);
    expect(links).toHaveLength(20);
    expect(links.at(-1)).toBe(`${carol} (user, accessKey)`);
  });

  it('that goes round in a circle ends with whom it comes by again', () => {
    const other = aSession({ sessionName: 'other', accessKeyId: 'ASIAOTHER00000000001' });
    const records = [chained(other, deploy), chained(deploy, other)];
    expect(behind(deploy, records)).toEqual([
      `${sessionArnOf(other)} (role, accessKey)`,
      `${sessionArnOf(deploy)} (role, accessKey)`,
      `${sessionArnOf(other)} (role, accessKey)`,
    ]);
  });
});
