import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainedSession } from '../../verify/checks/chainedSession.ts';
import { consoleSignIn } from '../../verify/checks/consoleSignIn.ts';
import { denyList } from '../../verify/checks/denyList.ts';
import { grantEnd } from '../../verify/checks/grantEnd.ts';
import { stsRate } from '../../verify/checks/stsRate.ts';
import { targetTrust } from '../../verify/checks/targetTrust.ts';
import { runChecks } from '../../verify/run.ts';
import { roleArn, service } from '../local/aws/sampleEndpoint.ts';
import { type LocalAccount, startLocalAccount } from './localAccount.ts';

let local: LocalAccount;
beforeAll(async () => {
  local = await startLocalAccount();
});
afterAll(() => local.endpoint.close());

const run = async (check: typeof grantEnd) => (await runChecks([check], local.account))[0]?.finding;

describe('checks whose calls the local endpoint answers really make them', () => {
  test('role chaining', async () => {
    expect(await run(chainedSession)).toEqual({
      outcome: 'as expected',
      observed: '3600 s: issued; 3601 s: refused, ValidationError',
    });
  });

  test('the end of a grant', async () => {
    const finding = await run(grantEnd);
    expect(finding).toMatchObject({ outcome: 'as expected' });
    expect(finding?.observed).toMatch(
      /^last allowed \d\.\d s before the end, first refused \d\.\d s after it$/,
    );
  });

  test('the trust policy of a target role', async () => {
    expect(await run(targetTrust)).toMatchObject({
      outcome: 'as expected',
      observed: expect.stringMatching(/^the right call: admitted; \d wrong ones: denied$/),
    });
  });

  test('the deny list', async () => {
    expect(await run(denyList)).toMatchObject({
      outcome: 'as expected',
      observed: expect.stringContaining('last allowed after 0.0 s'),
    });
  });

  test('calls at once', async () => {
    expect(await run(stsRate)).toMatchObject({ outcome: 'as expected' });
  });
});

describe('where AWS would be otherwise, a check says so', () => {
  test('a trust policy that forgot something admits a wrong call', async () => {
    const { makeRole } = local.account;
    const careless: typeof makeRole = (role) =>
      makeRole({
        ...role,
        trust: {
          ...role.trust,
          Statement: role.trust.Statement.filter(({ Sid }) => Sid !== 'NoneWithoutDigest'),
        },
      });
    const [result] = await runChecks([targetTrust], { ...local.account, makeRole: careless });
    expect(result?.finding).toEqual({ outcome: 'differs', observed: 'admitted: a call without a digest' });
  });

  test('a session policy whose end is not kept', async () => {
    // The role's clock runs an hour late: it takes the end for the future.
    const now = () => local.account.now() + 3_600_000;
    const [result] = await runChecks([grantEnd], { ...local.account, now });
    expect(result?.finding.outcome).toBe('differs');
  });
});

test('what the endpoint does not play cannot be told', async () => {
  expect(await run(consoleSignIn)).toEqual({
    outcome: 'could not tell',
    observed: 'AWS_ENDPOINT_URL is set: there is no console behind it.',
  });
});

test('every session of a check is one that the endpoint put on record', () => {
  const assumed = local.endpoint
    .trail()
    .flatMap(({ eventName, requestParameters }) =>
      eventName === 'AssumeRole' ? [requestParameters?.roleArn] : [],
    );
  expect(assumed).toContain(roleArn(service, 'countersign-verify-test-entitlement'));
});
