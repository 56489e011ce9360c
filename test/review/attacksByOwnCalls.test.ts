import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import {
  administrator,
  type Change,
  changeRecord,
  faultsIn,
  findingsBy,
  sessionIn,
} from './findings/material.ts';
import { approvedAt, stories } from './grants/stories.ts';
import { callRecord, identityOf, refusedAssumeRoleRecord, serviceAccount, targetRole } from './records.ts';
import { recordsOfRequest } from './requestRecords.ts';

/** Whoever makes calls chooses what stands in their records: names, lengths, the service that calls for them. */

const at = '2026-11-22T12:00:00Z';
const clean = () => recordsOfRequest(stories.used());

const changing = (change: Partial<Change>, over = {}) => [
  ...clean(),
  changeRecord({ at, source: 'iam', name: 'UpdateAssumeRolePolicy', request: {}, ...change }, over),
];

// reader/keptEvents.ts, findings/guardedThings.ts
describe('Parameters of more than 100 KB, which CloudTrail leaves out of a record,', () => {
  const omitted = { omitted: true, originalSize: 122_880, reasonForOmission: 'Too long' };

  it('hide no change that IAM made', () => {
    const [finding, ...more] = findingsBy('tampering', changing({ request: omitted }));
    expect(more).toEqual([]);
    expect(finding?.message).toContain('did UpdateAssumeRolePolicy on something that is too long');
  });

  it('hide none in the service account, but are nobody’s matter elsewhere, or where the resource is told', () => {
    const change = { source: 'wafv2', name: 'UpdateIPSet', request: omitted };
    expect(faultsIn(changing({ ...change, by: administrator(serviceAccount) }))).toEqual([
      'critical tampering',
    ]);
    expect(faultsIn(changing(change))).toEqual([]);
    const resources = [{ ARN: `arn:aws:dynamodb:us-east-1:${serviceAccount}:table/notes` }];
    const told = { source: 'dynamodb', name: 'BatchWriteItem', request: omitted };
    expect(faultsIn(changing({ ...told, by: administrator(serviceAccount) }, { resources }))).toEqual([]);
  });
});

// reader/withoutSecrets.ts
describe('Very long texts', () => {
  it('before a name do not use up what is kept of it', () => {
    const targets = Array.from({ length: 5 }, (_, number) => ({ id: `${number}`, input: 'x'.repeat(8_192) }));
    const request = { targets, rule: 'countersign-watch-assumed' };
    expect(faultsIn(changing({ source: 'events', name: 'PutTargets', request }))).toEqual([
      'critical tampering',
    ]);
  });

  it('beside a name do not either, nor very many', () => {
    const policyDocument = ' '.repeat(90_000);
    const many = Array.from({ length: 5_000 }, () => 'x');
    const request = { policyDocument, another: policyDocument, many, roleName: 'countersign-orders-read' };
    expect(faultsIn(changing({ request }))).toEqual(['critical tampering']);
  });
});

// reader/withoutSecrets.ts, sessions/refusedRole.ts
describe('A name that sounds like a secret', () => {
  const by = { ...administrator(), sessionName: 'session_token' };

  it('does not hide which role somebody was refused', () => {
    const refused = refusedAssumeRoleRecord({ at, caller: by, roleArn: targetRole('orders-read') });
    expect(refused.errorMessage).toContain('session_token');
    expect(faultsIn([...clean(), refused])).toEqual(['low refused-assume-role']);
  });

  it('is hidden itself, as is a secret in a message', () => {
    const refused = refusedAssumeRoleRecord(
      { at, caller: by, roleArn: targetRole('orders-read') },
      { errorMessage: 'sessionToken: "abc" on resource: secretAccessKey=def' },
    );
    expect(JSON.stringify(findingsBy('refused-assume-role', [...clean(), refused]))).not.toMatch(/abc|def/);
  });
});

// findings/rules/refusedAssumeRole.ts
test.each(['Countersign-orders-read', 'x/countersign-orders-read'])(
  'An attempt to enter a role as %s is asked about',
  (name) => {
    const roleArn = `arn:aws:iam::111122223333:role/${name}`;
    const refused = refusedAssumeRoleRecord({ at, caller: administrator(), roleArn });
    expect(faultsIn([...clean(), refused])).toEqual(['low refused-assume-role']);
  },
);

// findings/guardedThings.ts
describe('A refused change, of which the message alone tells the thing,', () => {
  const refused = (source: string, resource: string) =>
    changing(
      { source },
      {
        requestParameters: null,
        errorCode: 'AccessDenied',
        errorMessage: `User: arn:aws:iam::111122223333:user/x is not authorized to perform: ${source}:Change on resource: ${resource} because no identity-based policy allows the ${source}:Change action`,
      },
    );

  test.each([
    ['iam', 'role countersign-orders-read'],
    ['iam', 'policy arn:aws:iam::111122223333:policy/countersign-boundary-orders-read'],
    ['lambda', `arn:aws:lambda:us-east-1:${serviceAccount}:function:countersign-decisions`],
  ])('is asked about: %s, %s', (source, resource) => {
    const [finding, ...more] = findingsBy('refused-tampering', refused(source, resource));
    expect(more).toEqual([]);
    expect(finding?.subject).toBe(resource.replace(/^(role|policy) /, ''));
  });

  it('is nobody’s matter where it is of another thing', () => {
    expect(faultsIn(refused('iam', 'role orders-of-countersign'))).toEqual([]);
  });
});

// findings/guardedThings.ts
describe('A service that calls for somebody', () => {
  const byService = (invokedBy: string, over = {}) => ({
    userIdentity: { ...identityOf(administrator(serviceAccount)), invokedBy },
    ...over,
  });
  const key = { by: administrator(serviceAccount), source: 'kms', request: { keyId: '1234abcd' } };

  test.each(['PutKeyPolicy', 'ScheduleKeyDeletion', 'DisableKey'])('does not excuse %s', (name) => {
    expect(faultsIn(changing({ ...key, name }, byService('cloudformation.amazonaws.com')))).toEqual([
      'critical tampering',
    ]);
  });

  it('may borrow a key with the rights of its caller, who may not give those to others', () => {
    const grant = { ...key, name: 'CreateGrant' };
    expect(faultsIn(changing(grant, byService('dynamodb.amazonaws.com')))).toEqual([]);
    expect(faultsIn(changing(grant))).toEqual(['critical tampering']);
  });
});

// findings/guardedThings.ts
describe('Of two changes', () => {
  it('the second is told too where an export masks the ids of both alike', () => {
    const masked = { sharedEventID: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
    const second = changeRecord(
      {
        at: addSeconds(at, 60),
        source: 'iam',
        name: 'PutRolePolicy',
        request: { roleName: 'countersign-orders-admin' },
      },
      masked,
    );
    const records = [...changing({ request: { roleName: 'countersign-orders-read' } }, masked), second];
    expect(faultsIn(records)).toEqual(['critical tampering', 'critical tampering']);
  });
});

test('The name of a thing is known where a service logs it as it stood in an address', () => {
  const request = {
    resource: `arn%3Aaws%3Alambda%3Aus-east-1%3A${serviceAccount}%3Afunction%3Acountersign-decisions`,
  };
  expect(faultsIn(changing({ source: 'lambda', name: 'TagResource20170331v2', request }))).toEqual([
    'critical tampering',
  ]);
});

// findings/outsideCalls.ts
describe('After the end of a grant', () => {
  const late = (over: object) => [
    ...clean(),
    callRecord({ at: addSeconds(approvedAt, 86_400), session: sessionIn(clean()) }, over),
  ];

  test.each([
    ['kms', 'KMSInvalidSignatureException'],
    ['kinesis', 'ExpiredIteratorException'],
  ])('a call that %s let in and then refused with %s is one that got in', (source, errorCode) => {
    expect(faultsIn(late({ eventSource: `${source}.amazonaws.com`, errorCode }))).toEqual([
      'medium call-after-end',
    ]);
  });

  test.each(['ExpiredTokenException', 'Client.RequestLimitExceeded', 'InvalidSignatureException'])(
    'a call that AWS turned away with %s is none',
    (errorCode) => expect(faultsIn(late({ errorCode }))).toEqual([]),
  );

  it('a call of another service that goes by the name of one that nobody denies is one like any other', () => {
    expect(faultsIn(late({ eventName: 'GetCallerIdentity' }))).toEqual(['critical call-after-end']);
  });
});
