import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { aRequest, carol, followedBy, madeAt } from '../../support/builders.ts';
import { catalogue, issue, stories } from '../grants/stories.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { faultsIn, findingsBy, quietHour } from './material.ts';

const running = { startsAt: madeAt, endsAt: addSeconds(madeAt, 900) };
const used = () =>
  followedBy(
    aRequest({
      catalogue,
      who: carol,
      wish: { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 },
    }),
    issue(1, addSeconds(madeAt, 2), running),
    { event: 'ended', at: running.endsAt },
  );
const reviewedAfter = (seconds: number) => {
  const at = addSeconds(madeAt, seconds);
  return followedBy(
    used(),
    { event: 'reviewed', verdict: 'justified', comment: 'Had to be', by: 'bob@example.com', at },
    { event: 'closed', at },
  );
};
const day = 86_400;

describe('Break-glass', () => {
  it('is worth reading whenever it was used', () => {
    const findings = findingsBy('break-glass-used', recordsOfRequest(stories.breakGlass()));
    expect(findings.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      expect.stringMatching(
        /^info carol@example.com used break-glass for orders-admin .*reviewed by bob@example.com/,
      ),
    ]);
    expect(findingsBy('break-glass-used', recordsOfRequest(stories.used()))).toEqual([]);
  });

  it('is reviewed within a day', () => {
    expect(
      faultsIn([...recordsOfRequest(reviewedAfter(day - 60)), quietHour(addSeconds(madeAt, 3 * day))]),
    ).toEqual([]);
  });

  it('was reviewed late', () => {
    const records = recordsOfRequest(reviewedAfter(day + 3_600));
    expect(faultsIn([...records, quietHour(addSeconds(madeAt, day + 3_600))])).toEqual([
      'medium break-glass-not-reviewed',
    ]);
  });

  it('was never reviewed, and is overdue', () => {
    const records = recordsOfRequest(used());
    expect(faultsIn([...records, quietHour(addSeconds(madeAt, day + 60))])).toEqual([
      'high break-glass-not-reviewed',
    ]);
  });

  it('is overdue in the period in which its review was due, also where it was over before', () => {
    const records = [...recordsOfRequest(used()), quietHour(addSeconds(madeAt, 2 * day))];
    const midnight = '2026-11-23T00:00:00Z';
    expect(faultsIn(records, { period: { to: midnight } })).toEqual([]);
    expect(faultsIn(records, { period: { from: midnight } })).toEqual(['high break-glass-not-reviewed']);
  });

  it('may still be reviewed while the logs or the period end before that is due', () => {
    const records = recordsOfRequest(used());
    expect(faultsIn([...records, quietHour(addSeconds(madeAt, day - 60))])).toEqual([]);
    const period = { to: addSeconds(madeAt, 7_200) };
    expect(faultsIn([...records, quietHour(addSeconds(madeAt, 2 * day))], { period })).toEqual([]);
  });

  it('needs no review when it never had a session', () => {
    const failed = followedBy(
      aRequest({
        catalogue,
        who: carol,
        wish: { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 },
      }),
      { event: 'failed', reason: 'entitlement_changed', at: addSeconds(madeAt, 2) },
      { event: 'closed', at: addSeconds(madeAt, 3) },
    );
    expect(faultsIn([...recordsOfRequest(failed), quietHour(addSeconds(madeAt, 3 * day))])).toEqual([]);
  });
});
