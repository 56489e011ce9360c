import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '#client/answers.ts';
import { requestTable } from '../../../cli/story/requestTable.ts';
import { clockTime } from '../../../cli/terminal/times.ts';
import { anAnswer, minutesFromNow } from '../requests/aRememberedRequest.ts';

/** The last columns of the one line: for how long, and until when. */
function told(over: Partial<AccessRequest>): { duration: string | undefined; until: string | undefined } {
  const createdAt = minutesFromNow(-90);
  const [, row = ''] = requestTable([anAnswer({ createdAt, ...over })], { of: 'me' });
  const [, , , duration, , until] = row.split(/ {2,}/);
  return { duration, until };
}

const window = { startsAt: minutesFromNow(-60), endsAt: minutesFromNow(-30) };

describe('in a table of requests', () => {
  test('a grant that is over was until its window ended, not until the service noticed', () => {
    const { until } = told({ status: 'ended', ...window, closedAt: minutesFromNow(-24) });
    expect(until).toBe(clockTime(window.endsAt));
  });

  test.each(['ended', 'revoked'] as const)('one that was %s early was until then', (status) => {
    const closedAt = minutesFromNow(-45);
    expect(told({ status, ...window, closedAt }).until).toBe(clockTime(closedAt));
  });

  test.each(['denied', 'expired', 'cancelled'] as const)(
    'what is %s has no end: it never began',
    (status) => {
      expect(told({ status, closedAt: minutesFromNow(-45) }).until).toBeUndefined();
    },
  );

  test('what was ended before it began has none either', () => {
    const closedAt = minutesFromNow(-75);
    expect(told({ status: 'ended', ...window, closedAt }).until).toBeUndefined();
  });

  test('a pending one says until when it can be decided on', () => {
    const expiresAt = minutesFromNow(30);
    expect(told({ expiresAt }).until).toBe(`${clockTime(expiresAt)} to decide`);
  });

  test('a grant is for what the approver gave, a wish for what was asked', () => {
    expect(told({ duration: 'PT1H' }).duration).toBe('1h');
    expect(told({ duration: 'PT1H', status: 'active', ...window }).duration).toBe('30m');
  });
});
