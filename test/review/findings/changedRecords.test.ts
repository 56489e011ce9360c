import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { stories, window } from '../grants/stories.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  identityOf,
  sessionFrom,
  targetRole,
} from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { administrator, faultsIn, findingsBy, sessionIn } from './material.ts';

const at = '2026-11-22T10:20:00Z';
const clean = () => recordsOfRequest(stories.used());

type Edit = (record: CloudTrailRecord) => CloudTrailRecord;
const unchanged: Edit = (record) => record;
const asking =
  (roleArn: string): Edit =>
  (record) => ({ ...record, requestParameters: { ...record.requestParameters, roleArn } });
const answering =
  (arn: string): Edit =>
  (record) => ({ ...record, responseElements: { ...record.responseElements, assumedRoleUser: { arn } } });
const about =
  (ARN: string): Edit =>
  (record) => ({ ...record, resources: [{ type: 'AWS::IAM::Role', ARN }] });
const inOrder =
  (...edits: Edit[]): Edit =>
  (record) =>
    edits.reduce((edited, edit) => edit(edited), record);
const calledAs =
  (arn: string): Edit =>
  (record) => ({ ...record, userIdentity: { ...record.userIdentity, arn } });
const issuedBy =
  (arn: string): Edit =>
  (record) => ({
    ...record,
    userIdentity: {
      ...record.userIdentity,
      sessionContext: { attributes: { creationDate: at }, sessionIssuer: { type: 'Role', arn } },
    },
  });

const readOnly = 'arn:aws:iam::111122223333:role/read-only';
const readOnlySession = 'arn:aws:sts::111122223333:assumed-role/read-only/mallory';

/** Somebody enters a role of Countersign and makes a call there; then both records are edited. */
function intrusion({
  role = targetRole('orders-admin'),
  entry = unchanged,
  call = unchanged,
}: {
  role?: string;
  entry?: Edit | 'deleted';
  call?: Edit;
}): CloudTrailRecord[] {
  const caller = administrator(role.split(':')[4]);
  const entered = assumeRoleRecord({ at, caller, roleArn: role, sessionName: 'mallory' });
  const called = callRecord({ at: addSeconds(at, 9), session: sessionFrom(entered) });
  return [...clean(), ...(entry === 'deleted' ? [] : [entry(entered)]), call(called)];
}

const wholly = inOrder(asking(readOnly), about(readOnly), answering(readOnlySession));

describe('An intrusion into a target role is found, whatever single thing of its records was changed:', () => {
  test.each<[string, Parameters<typeof intrusion>[0]]>([
    ['nothing', {}],
    ['the role that was asked for', { entry: asking(readOnly) }],
    ['the path of that role', { entry: asking('arn:aws:iam::111122223333:role/x/countersign-orders-admin') }],
    ['its letter case', { entry: asking('arn:aws:iam::111122223333:role/Countersign-Orders-Admin') }],
    ['its account', { entry: asking('arn:aws:iam::444455556666:role/countersign-orders-admin') }],
    ['its partition', { entry: asking('arn:aws-cn:iam::111122223333:role/countersign-orders-admin') }],
    ['the session that came out of it', { entry: answering(readOnlySession) }],
    ['the resource', { entry: about(readOnly) }],
    ['the role wherever its record names it', { entry: wholly }],
    ['the role that its calls are said to be issued for', { call: issuedBy(readOnly) }],
    ['the path of that', { call: issuedBy('arn:aws:iam::111122223333:role/x/countersign-orders-admin') }],
    ['the session of its calls', { call: calledAs(readOnlySession) }],
    [
      'the name of that',
      { call: calledAs('arn:aws:sts::111122223333:assumed-role/countersign-orders-admin/x') },
    ],
    ['all of its calls', { call: inOrder(calledAs(readOnlySession), issuedBy(readOnly)) }],
    ['that it was entered', { entry: 'deleted' }],
    [
      'that, and the path of the role',
      { entry: 'deleted', call: issuedBy('arn:aws:iam::111122223333:role/x/countersign-orders-admin') },
    ],
    ['that, and the issuer', { entry: 'deleted', call: issuedBy(readOnly) }],
    ['that, and the session', { entry: 'deleted', call: calledAs(readOnlySession) }],
    [
      'that, and the partition',
      {
        entry: 'deleted',
        call: inOrder(
          calledAs('arn:aws-us-gov:sts::111122223333:assumed-role/countersign-orders-admin/mallory'),
          issuedBy('arn:aws-us-gov:iam::111122223333:role/countersign-orders-admin'),
        ),
      },
    ],
  ])('%s', (_, edits) => {
    expect(faultsIn(intrusion(edits))).toContain('critical session-without-grant');
  });

  it('and said to have been changed where records name two roles', () => {
    const [finding, ...more] = findingsBy('session-without-grant', intrusion({ entry: asking(readOnly) }));
    expect(more).toEqual([]);
    expect(finding?.message).toContain(`its records name ${readOnly} too`);
  });
});

describe('An intrusion into a role that Countersign works with is found likewise:', () => {
  const role = 'arn:aws:iam::999988887777:role/countersign-decisions';
  const notary = 'arn:aws:iam::999988887777:role/countersign-notary';
  test.each<[string, Parameters<typeof intrusion>[0]]>([
    ['nothing', { role }],
    ['the role that was asked for', { role, entry: asking(readOnly) }],
    ['the role wherever its record names it', { role, entry: wholly }],
    ['the session of its calls', { role, call: calledAs(readOnlySession) }],
    ['the letter case of the notary', { role: notary, entry: asking(notary.replace('notary', 'Notary')) }],
  ])('%s', (_, edits) => {
    expect(faultsIn(intrusion(edits))).toContain('critical borrowed-role');
  });
});

describe('A session that a request answers for', () => {
  it('is looked into where its record names another role too', () => {
    const records = clean().map((record) =>
      String(record.requestParameters?.roleArn).endsWith('orders-read') ? about(readOnly)(record) : record,
    );
    expect(new Set(faultsIn(records))).toEqual(new Set(['critical session-without-grant']));
  });

  it('has its key under its own name alone, also after the end', () => {
    const session = sessionIn(clean());
    const late = callRecord({ at: addSeconds(window.endsAt, 300), session });
    const records = [...clean(), inOrder(calledAs(readOnlySession), issuedBy(readOnly))(late)];
    expect(faultsIn(records)).toEqual(['critical session-without-grant']);
    expect(findingsBy('session-without-grant', records)[0]?.message).toContain(
      `1 call under ${session.accessKeyId}, a key of ${session.roleArn}, is recorded as that of ${readOnlySession}`,
    );
  });

  it('has it under one name also where its making is older than the logs', () => {
    const session = {
      ...sessionIn(clean()),
      accessKeyId: 'ASIAOLDEROLDEROLDER0',
      createdAt: '2026-11-22T09:50:00Z',
    };
    const calls = [1, 2].map((second) => callRecord({ at: addSeconds(at, second), session }));
    const [own, other] = calls;
    if (!own || !other) throw new RangeError('There are no calls.');
    expect(faultsIn([...clean(), own, calledAs(readOnlySession)(other)])).toContain(
      'critical session-without-grant',
    );
  });

  it('is none of a function whose key goes by another name', () => {
    const started = assumeRoleRecord(
      {
        at,
        caller: administrator(),
        roleArn: 'arn:aws:iam::999988887777:role/countersign-decisions',
        sessionName: 'countersign-decisions',
      },
      {
        userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
        recipientAccountId: '999988887777',
      },
    );
    const call = callRecord({ at: addSeconds(at, 5), session: sessionFrom(started) });
    expect(faultsIn([...clean(), started, call])).toEqual([]);
    expect(faultsIn([...clean(), started, calledAs(readOnlySession)(call)])).toEqual([
      'critical borrowed-role',
    ]);
  });
});

describe('What only looks like a changed record', () => {
  it('is the path that a role has and its session has not', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/team/deploy/reader';
    const record = assumeRoleRecord({ at, caller: administrator(), roleArn, sessionName: 'x' });
    const call = callRecord({ at: addSeconds(at, 9), session: sessionFrom(record) });
    expect(faultsIn([...clean(), record, call])).toEqual([]);
  });

  it('is a key that is masked, as exports have it', () => {
    const masked = (record: CloudTrailRecord): CloudTrailRecord => ({
      ...record,
      userIdentity: { ...record.userIdentity, accessKeyId: 'REDACTED' },
    });
    const own = callRecord({ at: addSeconds(at, 9), session: sessionIn(clean()) });
    const others = callRecord({ at: addSeconds(at, 10), session: administrator() });
    expect(faultsIn([...clean(), masked(own), masked(others)])).toEqual([]);
  });

  it('is the console, where a session has a key of its own under its own name', () => {
    const session = { ...sessionIn(clean()), accessKeyId: 'ASIACONSOLECONSOLE00' };
    const call = callRecord({ at: addSeconds(session.createdAt, 60), session });
    expect(identityOf(session).arn).toBe(call.userIdentity.arn);
    expect(faultsIn([...clean(), call])).toEqual([]);
  });
});
