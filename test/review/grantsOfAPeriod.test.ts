import { expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { runReview } from '#review/runReview.ts';
import { quietHour, sessionIn } from './findings/material.ts';
import { approvedAt, catalogue, stories } from './grants/stories.ts';
import { logFile, logFolder } from './reader/logFolder.ts';
import { type CloudTrailRecord, callRecord } from './records.ts';
import { recordsOfRequest } from './requestRecords.ts';

const revokedAt = addSeconds(approvedAt, 900);
const days = (count: number): number => count * 86_400;

/** Revoked on 22 November; `afterDays` later that was put on record. */
const revoked = (afterDays: number): CloudTrailRecord[] =>
  recordsOfRequest(stories.revoked(), {
    each: { revoked: { delay: days(afterDays), attester: 'reconcile' } },
  });

/** What a review of one day says of its only request. */
async function reviewedOn(day: string, records: readonly CloudTrailRecord[]) {
  const period = { from: `${day}T00:00:00Z`, to: addSeconds(`${day}T00:00:00Z`, days(1)) };
  const { grants, findings } = await runReview({
    directory: await logFolder({ 'a.json.gz': logFile([...records, quietHour('2026-11-30T10:00:00Z')]) }),
    period,
    catalogues: new Map([[catalogue.digest, catalogue]]),
    workers: 1,
    parameters: {},
    tool: { name: 'countersign', version: '0.1.0' },
    madeAt: '2026-12-01T08:00:00Z',
  });
  const after = findings.filter(({ rule }) => rule === 'call-after-end').map(({ severity }) => severity);
  return { ends: grants.map(({ end }) => end?.at), after };
}

it('a request is of the days until it was closed, and no longer', async () => {
  expect((await reviewedOn('2026-11-22', revoked(0))).ends).toEqual([revokedAt]);
  expect((await reviewedOn('2026-11-23', revoked(0))).ends).toEqual([]);
});

it('also of those on which something of it was still put on record, with the same end', async () => {
  expect(await reviewedOn('2026-11-23', revoked(1))).toEqual({ ends: [addSeconds(revokedAt, 1)], after: [] });
  expect((await reviewedOn('2026-11-24', revoked(1))).ends).toEqual([]);
});

it('also of those on which somebody was still in its session', async () => {
  const records = revoked(1);
  const call = callRecord({ at: addSeconds(revokedAt, days(2)), session: sessionIn(records) });
  expect(await reviewedOn('2026-11-24', [...records, call])).toEqual({
    ends: [addSeconds(revokedAt, 1)],
    after: ['critical'],
  });
});
