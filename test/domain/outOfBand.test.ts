import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { attesters } from '#domain/history.ts';
import { type Assumption, type Caller, entersTarget, managedRole, orphanOf } from '#domain/outOfBand.ts';
import { functionNames } from '#infra/functions.ts';
import { resourcesOf } from '#infra/installation.ts';
import {
  alice,
  anActiveRequest,
  anId,
  aRequest,
  aSession,
  aWindow,
  dave,
  followedBy,
} from '../support/builders.ts';

const serviceAccount = '999988887777';
const target = '111122223333';
const { functionRoleArn } = resourcesOf({
  account: serviceAccount,
  region: 'us-east-1',
  sender: 'a@b.example',
});
const nameOf = (functionName: string): string => functionRoleArn(functionName).split('/')[1] ?? '';

/** How CloudTrail shows a function's call: in its own account, and to the owner of the role in another. */
const ownCopy = (functionName: string): Caller => {
  const name = nameOf(functionName);
  return {
    arn: `arn:aws:sts::${serviceAccount}:assumed-role/${name}/${name}`,
    account: serviceAccount,
    sessionName: name,
  };
};
const ownersCopy = (functionName: string): Caller => ({
  account: serviceAccount,
  sessionName: nameOf(functionName),
});

const request = anActiveRequest();

const issued = (over: Partial<Assumption> = {}): Assumption => ({
  roleArn: request.terms.roleArn,
  sessionName: request.terms.id,
  sourceIdentity: alice.email,
  tags: { 'cs:request': request.terms.id, 'cs:digest': request.digest },
  accessKeyId: aSession().accessKeyId,
  caller: ownCopy('issueSession'),
  ...over,
});

const judged = (assumption: Assumption, named: AccessRequest | undefined = request) =>
  orphanOf(assumption, { serviceAccount, request: named });

describe('a session of a target role', () => {
  it('is in order when issueSession opened it for a request that has it on record, in either copy', () => {
    expect(judged(issued())).toBeUndefined();
    expect(judged(issued({ caller: ownersCopy('issueSession') }))).toBeUndefined();
  });

  it('is in order also when a later one replaced it, and after the grant was over', () => {
    const again = followedBy(request, {
      event: 'issued',
      session: aSession({ sequence: 2, accessKeyId: 'ASIA2' }),
      window: aWindow,
    });
    const over = followedBy(again, { event: 'revoked', reason: 'wrong table' }, { event: 'closed' });
    for (const accessKeyId of [aSession().accessKeyId, 'ASIA2'])
      expect(judged(issued({ accessKeyId }), over)).toBeUndefined();
  });

  it.each(['requests', 'decisions', 'notifyApprovers', 'endGrant', 'reconcile', 'reconcileTrail'])(
    'is nobody’s when %s opened it',
    (name) => {
      expect(judged(issued({ caller: ownCopy(name) }))).toBe('wrong_caller');
      expect(judged(issued({ caller: ownersCopy(name) }))).toBe('wrong_caller');
    },
  );

  const issuer = nameOf('issueSession');
  it.each<[string, Caller]>([
    [
      'an administrator of the service account',
      { ...ownCopy('issueSession'), arn: `arn:aws:sts::${serviceAccount}:assumed-role/admin/${issuer}` },
    ],
    [
      'the role of issueSession under another session name',
      { ...ownCopy('issueSession'), arn: `${ownCopy('issueSession').arn}-2` },
    ],
    ['a user', { arn: `arn:aws:iam::${serviceAccount}:user/${issuer}`, account: serviceAccount }],
    ['the target account itself', { account: target, sessionName: issuer }],
    [
      'a namesake in the target account',
      {
        arn: `arn:aws:sts::${target}:assumed-role/${issuer}/${issuer}`,
        account: target,
        sessionName: issuer,
      },
    ],
    ['a stranger whose account CloudTrail does not tell', { sessionName: issuer }],
    ['an AWS service', { service: 'ec2.amazonaws.com' }],
    ['Lambda', { service: 'lambda.amazonaws.com' }],
    ['nobody that CloudTrail names', {}],
  ])('is nobody’s when %s opened it', (_, caller) => {
    expect(judged(issued({ caller }))).toBe('wrong_caller');
  });

  it.each<[string, Partial<Assumption>, ReturnType<typeof judged>]>([
    ['is of another role', { roleArn: request.terms.roleArn.replace('read', 'admin') }, 'other_role'],
    [
      'is of the role of that name in another account',
      { roleArn: request.terms.roleArn.replace(target, '444455556666') },
      'other_role',
    ],
    ['is another person’s', { sourceIdentity: dave.email }, 'other_person'],
    ['is no person’s', { sourceIdentity: undefined }, 'other_person'],
    [
      'carries the digest of other terms',
      { tags: { 'cs:request': request.terms.id, 'cs:digest': aRequest({ id: anId(2) }).digest } },
      'other_terms',
    ],
    [
      'carries another request',
      { tags: { 'cs:request': anId(2), 'cs:digest': request.digest } },
      'other_terms',
    ],
    ['carries no tags', { tags: {} }, 'other_terms'],
    ['has another key than any on record', { accessKeyId: 'ASIAANOTHER' }, 'not_on_record'],
    ['came out without a key', { accessKeyId: undefined }, 'not_on_record'],
  ])('is out of band when it %s', (_, over, orphan) => {
    expect(judged(issued(over))).toBe(orphan);
  });

  it('is out of band when there is no request of its name', () => {
    expect(orphanOf(issued(), { serviceAccount, request: undefined })).toBe('no_request');
  });

  it('is out of band when the request was never issued, and when its history was edited to say so', () => {
    expect(
      judged(issued({ tags: { 'cs:request': anId(), 'cs:digest': aRequest().digest } }), aRequest()),
    ).toBe('not_on_record');
    const history = request.history.map((entry) =>
      entry.event === 'issued' ? { ...entry, detail: { ...entry.detail, accessKeyId: 'ASIAFORGED' } } : entry,
    );
    expect(judged(issued({ accessKeyId: 'ASIAFORGED' }), { ...request, history })).toBe('history_altered');
  });
});

describe('a role of Countersign’s own', () => {
  const role = (name: string, account = serviceAccount) => `arn:aws:iam::${account}:role/${name}`;
  const assumption = (roleArn: string, caller: Caller, sessionName = anId()): Assumption => ({
    roleArn,
    sessionName,
    tags: {},
    caller,
  });

  it.each(functionNames)('lets %s become the notary only where it attests something', (name) => {
    const orphan = judged(assumption(role('countersign-notary'), ownCopy(name)));
    expect(orphan).toBe(name in attesters ? undefined : 'wrong_caller');
  });

  it.each(functionNames)('lets %s become the revoker only if it is endGrant', (name) => {
    for (const caller of [ownCopy(name), ownersCopy(name)])
      expect(judged(assumption(role('countersign-revoker', target), caller))).toBe(
        name === 'endGrant' ? undefined : 'wrong_caller',
      );
  });

  it.each(functionNames)(
    'lets Lambda run %s under its role, and no other function, and nobody else',
    (name) => {
      const lambda = { service: 'lambda.amazonaws.com' };
      const arn = functionRoleArn(name);
      expect(judged(assumption(arn, lambda, nameOf(name)))).toBeUndefined();
      expect(judged(assumption(arn, lambda, 'a-function-of-somebody'))).toBe('wrong_caller');
      expect(judged(assumption(arn, { service: 'ec2.amazonaws.com' }, nameOf(name)))).toBe('wrong_caller');
      expect(judged(assumption(arn, ownCopy(name), nameOf(name)))).toBe('wrong_caller');
    },
  );

  it('lets Lambda’s pollers read the queue under the role of reconcileTrail alone', () => {
    const poller = { service: 'lambda.amazonaws.com' };
    const name = 'awslambda_1_20261122120000000';
    expect(judged(assumption(functionRoleArn('reconcileTrail'), poller, name))).toBeUndefined();
    expect(judged(assumption(functionRoleArn('issueSession'), poller, name))).toBe('wrong_caller');
  });

  it('lets Step Functions run the workflow, and EventBridge hand on events, and nobody else', () => {
    const states = { service: 'states.amazonaws.com' };
    const events = { service: 'events.amazonaws.com' };
    expect(judged(assumption(role('countersign-workflow'), states))).toBeUndefined();
    expect(judged(assumption(role('countersign-workflow'), events))).toBe('wrong_caller');
    for (const account of [serviceAccount, target]) {
      expect(judged(assumption(role('countersign-watch', account), events))).toBeUndefined();
      expect(judged(assumption(role('countersign-watch', account), states))).toBe('wrong_caller');
    }
  });

  it('is nobody’s when it has a name that is not known', () => {
    expect(judged(assumption(role('countersign-backdoor'), ownCopy('issueSession')))).toBe('wrong_caller');
  });

  it('needs no request to answer for it; every other role in another account does', () => {
    const enters = (roleArn: string) => entersTarget(assumption(roleArn, {}), serviceAccount);
    expect(enters(request.terms.roleArn)).toBe(true);
    expect(enters(role('countersign-orders-read'))).toBe(false);
    expect(enters(role('countersign-revoker', target))).toBe(false);
    expect(enters(role('countersign-watch', target))).toBe(false);
    expect(enters(role('administrator', target))).toBe(false);
  });
});

describe('the name of a role', () => {
  it('is Countersign’s only without a path, in an account, and whole', () => {
    expect(managedRole(`arn:aws:iam::${target}:role/countersign-orders-read`)).toEqual({
      account: target,
      name: 'countersign-orders-read',
    });
    for (const arn of [
      `arn:aws:iam::${target}:role/path/countersign-orders-read`,
      `arn:aws:iam::${target}:role/countersign-orders/read`,
      `arn:aws:iam::${target}:role/x-countersign-orders-read`,
      `arn:aws:iam::${target}:user/countersign-orders-read`,
      'countersign-orders-read',
    ])
      expect(managedRole(arn), arn).toBeUndefined();
  });
});
