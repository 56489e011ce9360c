import { describe, expect, test } from 'vitest';
import { addSeconds, millisecondsOf } from '#domain/instant.ts';
import { CannotTell } from '../../verify/check.ts';
import { judgeDelivery } from '../../verify/checks/assumeRoleEvents.ts';
import { judgeRecord } from '../../verify/checks/assumeRoleRecord.ts';
import { judgeLongerSession } from '../../verify/checks/chainedSession.ts';
import { judgeSignIn } from '../../verify/checks/consoleSignIn.ts';
import { judgeDelay } from '../../verify/checks/denyList.ts';
import { judgeEnd } from '../../verify/checks/grantEnd.ts';
import { judgeSource } from '../../verify/checks/sourceFunction.ts';
import { judgeRate } from '../../verify/checks/stsRate.ts';
import { judgeFeedback } from '../../verify/checks/suppressedRecipient.ts';
import { judgeTrust } from '../../verify/checks/targetTrust.ts';
import { judgeWaking } from '../../verify/checks/taskToken.ts';

const end = '2026-11-22T10:00:00Z';
/** Tries at so many seconds after an instant, allowed or not. */
const tries = (from: string, ...seen: [seconds: number, allowed: boolean][]) =>
  seen.map(([seconds, allowed]) => ({ at: millisecondsOf(from) + seconds * 1_000, allowed }));

describe('a grant’s end', () => {
  test('within the second is as expected', () => {
    expect(judgeEnd(tries(end, [-5, true], [-0.2, true], [0.1, false], [4, false]), end)).toEqual({
      outcome: 'as expected',
      observed: 'last allowed 0.2 s before the end, first refused 0.1 s after it',
    });
  });

  test('early or late differs', () => {
    expect(judgeEnd(tries(end, [-5, true], [-4, false], [4, false]), end).outcome).toBe('differs');
    expect(judgeEnd(tries(end, [-5, true], [2, true], [2.2, false]), end).outcome).toBe('differs');
    expect(judgeEnd(tries(end, [-5, true], [5, true]), end)).toEqual({
      outcome: 'differs',
      observed: 'still allowed 5.0 s after the end',
    });
  });

  test('of a session that never worked shows nothing', () => {
    expect(() => judgeEnd(tries(end, [-5, false], [5, false]), end)).toThrow(CannotTell);
  });
});

describe('a deny list’s delay', () => {
  const written = millisecondsOf(end);
  const seen = tries(end, [0.2, true], [4, false], [5, true], [6, false], [22, false]);

  test('is until the last call that went through, not the first that did not', () => {
    expect(judgeDelay({ tries: seen, written, otherAllowed: true })).toEqual({
      outcome: 'as expected',
      observed: 'first refused after 4.0 s, last allowed after 5.0 s',
    });
  });

  test('of more than a minute differs', () => {
    const late = tries(end, [61, true], [62, false]);
    expect(judgeDelay({ tries: late, written, otherAllowed: true }).outcome).toBe('differs');
    const never = tries(addSeconds(end, 300), [0, true]);
    expect(judgeDelay({ tries: never, written, otherAllowed: true })).toEqual({
      outcome: 'differs',
      observed: 'still allowed after 300 s',
    });
  });

  test('that hits another session differs', () => {
    expect(judgeDelay({ tries: seen, written, otherAllowed: false }).outcome).toBe('differs');
  });
});

describe('a trust policy', () => {
  test('that admits one wrong call differs, and the call is named', () => {
    expect(judgeTrust({ 'from another role': 'AccessDenied', 'without a digest': 'done' })).toEqual({
      outcome: 'differs',
      observed: 'admitted: a call without a digest',
    });
  });

  test('is not judged by an error of another kind', () => {
    expect(() => judgeTrust({ 'from another role': 'ThrottlingException' })).toThrow(
      'The call from another role was neither allowed nor denied: ThrottlingException.',
    );
  });
});

test('a longer session is as expected only where STS names the request as the fault', () => {
  expect(judgeLongerSession('ValidationError').outcome).toBe('as expected');
  expect(judgeLongerSession('done')).toEqual({
    outcome: 'differs',
    observed: '3600 s: issued; 3601 s: issued too',
  });
  expect(() => judgeLongerSession('ThrottlingException')).toThrow(CannotTell);
});

describe('an AssumeRole record', () => {
  const whole = {
    policy:
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"}]}',
    policyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    tags: [{ key: 'cs:request', value: 'verify' }],
    sourceIdentity: 'alice@example.com',
  };
  const record = (requestParameters: Partial<typeof whole>) => ({
    eventName: 'AssumeRole',
    requestParameters,
  });

  test('with all four parts is as expected', () => {
    expect(judgeRecord(record(whole), '240.0 s')).toEqual({
      outcome: 'as expected',
      observed: 'all four, on record after 240.0 s',
    });
  });

  test.each(['policy', 'policyArns', 'tags', 'sourceIdentity'] as const)('without its %s differs', (part) => {
    const { [part]: _, ...rest } = whole;
    expect(judgeRecord(record(rest), '1 s')).toEqual({
      outcome: 'differs',
      observed: `missing or changed: ${part}`,
    });
  });
});

test('an event counts where the rule for all management events has it', () => {
  expect(judgeDelivery(new Set(['all', 'enabled'])).outcome).toBe('as expected');
  expect(judgeDelivery(new Set(['all']))).toEqual({
    outcome: 'as expected',
    observed: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS: delivered; ENABLED: not delivered',
  });
  expect(judgeDelivery(new Set(['enabled'])).outcome).toBe('differs');
  expect(judgeDelivery(new Set()).outcome).toBe('differs');
});

test('signing in to the console is as expected with 200 without a duration and 400 with one', () => {
  expect(judgeSignIn({ plain: 200, withDuration: 400 }).outcome).toBe('as expected');
  expect(judgeSignIn({ plain: 400, withDuration: 400 }).outcome).toBe('differs');
  expect(judgeSignIn({ plain: 200, withDuration: 200 }).outcome).toBe('differs');
});

test('a token is bound to its machine where its waker alone is let through', () => {
  expect(judgeWaking({ byStranger: 'AccessDeniedException', byWaker: 'done' }).outcome).toBe('as expected');
  expect(judgeWaking({ byStranger: 'done', byWaker: 'TaskTimedOut' }).outcome).toBe('differs');
  expect(judgeWaking({ byStranger: 'AccessDeniedException', byWaker: 'AccessDeniedException' }).outcome).toBe(
    'differs',
  );
  expect(() => judgeWaking({ byStranger: 'AccessDeniedException', byWaker: 'TaskTimedOut' })).toThrow(
    CannotTell,
  );
});

test('a function is known by its calls where they alone are let through', () => {
  expect(judgeSource({ inFunction: 'done', outside: 'AccessDenied' }).outcome).toBe('as expected');
  expect(judgeSource({ inFunction: 'AccessDenied', outside: 'AccessDenied' }).outcome).toBe('differs');
  expect(judgeSource({ inFunction: 'done', outside: 'done' }).outcome).toBe('differs');
  expect(() => judgeSource({ inFunction: 'TimeoutError', outside: 'AccessDenied' })).toThrow(CannotTell);
});

test('one throttled call is one too many', () => {
  expect(judgeRate({ throttled: 0, milliseconds: 812.4 })).toEqual({
    outcome: 'as expected',
    observed: '100 calls in 812 ms, 0 tried again',
  });
  expect(judgeRate({ throttled: 1, milliseconds: 812 }).outcome).toBe('differs');
});

describe('feedback on a mail', () => {
  const requestId = '01KANB1X000000000000000001';
  const feedback = (bounceType: string, address: string, tag: string) => ({
    detail: {
      eventType: 'Bounce',
      mail: { tags: { 'countersign-request': [tag] } },
      bounce: {
        bounceType,
        bounceSubType: 'OnAccountSuppressionList',
        bouncedRecipients: [{ emailAddress: address }],
      },
    },
  });
  const address = 'success+countersign-verify@simulator.amazonses.com';

  test('is as expected as a permanent bounce of that address for that request', () => {
    expect(judgeFeedback(feedback('Permanent', address, requestId), requestId)).toEqual({
      outcome: 'as expected',
      observed: 'Bounce: Permanent, OnAccountSuppressionList',
    });
  });

  test.each([
    feedback('Transient', address, requestId),
    feedback('Permanent', 'somebody@example.com', requestId),
    feedback('Permanent', address, 'another'),
    { detail: { eventType: 'Delivery', mail: { tags: { 'countersign-request': [requestId] } } } },
  ])('differs otherwise (%#)', (other) => {
    expect(judgeFeedback(other, requestId).outcome).toBe('differs');
  });
});
