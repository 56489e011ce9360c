import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import { administrator, changeRecord, faultsIn, sessionIn } from './findings/material.ts';
import { approvedAt, stories } from './grants/stories.ts';
import {
  assumeRoleRecords,
  type CloudTrailRecord,
  callRecord,
  sessionArnOf,
  sessionFrom,
  targetAccount,
  targetRole,
} from './records.ts';
import { recordsOfRequest } from './requestRecords.ts';

const at = '2026-11-22T10:20:00Z';
const longAfter = addSeconds(approvedAt, 86_400);
const clean = () => recordsOfRequest(stories.used());

/** An administrator enters a target role, and makes a call there. */
function intrusion(): { assumption: CloudTrailRecord; call: CloudTrailRecord } {
  const [assumption] = assumeRoleRecords({
    at,
    caller: administrator(),
    roleArn: targetRole('orders-read'),
    sessionName: 'mallory',
  });
  if (!assumption) throw new RangeError('Nobody entered.');
  return { assumption, call: callRecord({ at: addSeconds(at, 1_800), session: sessionFrom(assumption) }) };
}

// findings/rules/sessionWithoutGrant.ts, findings/managedRoles.ts
describe('Whoever entered a target role is found, though the record of the entry', () => {
  test.each([
    ['names another role', `arn:aws:iam::${targetAccount}:role/read-only`],
    ['names the role with a path', `arn:aws:iam::${targetAccount}:role/x/countersign-orders-read`],
    ['names the role in other letters', `arn:aws:iam::${targetAccount}:role/Countersign-orders-read`],
  ])('%s', (_, roleArn) => {
    const { assumption, call } = intrusion();
    assumption.requestParameters = { ...assumption.requestParameters, roleArn };
    expect(faultsIn([...clean(), assumption, call])).toContainEqual(
      expect.stringMatching(/^critical (session-without-grant|conflicting-records)$/),
    );
  });

  it('is gone, and the calls name a role of a path', () => {
    const { call } = intrusion();
    const issuer = `arn:aws:iam::${targetAccount}:role/x/countersign-orders-read`;
    Object.assign(call.userIdentity, { sessionContext: { sessionIssuer: { type: 'Role', arn: issuer } } });
    expect(faultsIn([...clean(), call])).not.toEqual([]);
  });

  // reader/eventCollector.ts
  it.each([undefined, 'Role', 'IAMUser'])('is gone, and the calls are of type %s', (type) => {
    const { call } = intrusion();
    call.userIdentity.type = type;
    expect(faultsIn([...clean(), call])).not.toEqual([]);
  });

  // findings/findings.ts, findings/rules/sessionWithoutGrant.ts
  it('lies before the period, in which the session was used', () => {
    const { assumption, call } = intrusion();
    const period = { from: addSeconds(at, 600) };
    expect(faultsIn([...clean(), assumption, call], { period })).toContain('critical session-without-grant');
  });
});

describe('A call after the end of a grant is found', () => {
  const late = (over: Partial<CloudTrailRecord> = {}) =>
    callRecord({ at: longAfter, session: sessionIn(clean()) }, over);

  it('as it is', () => {
    expect(faultsIn([...clean(), late()])).toEqual(['critical call-after-end']);
  });

  // findings/outsideCalls.ts
  it('when no record has an event id, and a harmless one follows', () => {
    const without = [
      late(),
      late({
        eventTime: addSeconds(longAfter, 1),
        eventSource: 'sts.amazonaws.com',
        eventName: 'GetCallerIdentity',
      }),
    ].map(({ eventID: _, ...record }) => record as CloudTrailRecord);
    expect(faultsIn([...clean(), ...without])).toContain('critical call-after-end');
  });

  // findings/rules/callAfterEnd.ts, reader/eventCollector.ts
  it('when it was made with the key of the grant under another name', () => {
    const call = late();
    const developer = { ...administrator(), roleArn: `arn:aws:iam::${targetAccount}:role/developer` };
    call.userIdentity = { ...call.userIdentity, arn: sessionArnOf(developer) };
    expect(faultsIn([...clean(), call])).not.toEqual([]);
  });
});

// reader/uniqueEvents.ts
describe('A correction', () => {
  it('takes the place of no event but the one that it corrects', () => {
    const { assumption, call } = intrusion();
    const corrections = [assumption, call].map(({ eventID }) =>
      changeRecord(
        { at, by: administrator('777766665555'), source: 'ec2', name: 'DescribeInstances', request: {} },
        {
          eventID: `${eventID.slice(0, -4)}ffff`,
          addendum: { reason: 'UPDATED_DATA', originalEventID: eventID },
        },
      ),
    );
    expect(faultsIn([...clean(), assumption, call, ...corrections])).not.toEqual([]);
  });
});

// findings/deployers.ts
describe('CloudFormation', () => {
  it('excuses nobody who changes a role of Countersign through a stack of their own', () => {
    const change = changeRecord({
      at,
      by: administrator(),
      source: 'iam',
      name: 'PutRolePolicy',
      request: { roleName: 'countersign-orders-read', policyName: 'more', policyDocument: '{}' },
    });
    change.userIdentity.invokedBy = 'cloudformation.amazonaws.com';
    expect(faultsIn([...clean(), change])).toEqual(['critical tampering']);
  });
});

// reader/eventObject.ts
describe('What a call was done to', () => {
  it('holds no credentials, though a presigned address does', () => {
    const token = `IQoJb3JpZ2luX2Vj${'x'.repeat(80)}`;
    const templateURL = `https://b.s3.amazonaws.com/t.yaml?X-Amz-Security-Token=${token}&X-Amz-Signature=0a1b`;
    const call = callRecord(
      { at, session: sessionIn(clean()) },
      { resources: undefined, requestParameters: { templateURL } },
    );
    const text = JSON.stringify(trailOfRecords([call]));
    expect(text).not.toContain(token);
    expect(text).not.toContain('X-Amz-Signature=0a1b');
  });
});
