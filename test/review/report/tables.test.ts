import { describe, expect, it } from 'vitest';
import { callsCsv } from '#review/report/callsTable.ts';
import { crossReferences } from '#review/report/crossReferences.ts';
import { findingsCsv } from '#review/report/findingsTable.ts';
import { grantsCsv } from '#review/report/grantsTable.ts';
import { sessionsCsv } from '#review/report/sessionsTable.ts';
import { aReview, requestId } from './aReview.ts';
import { rowsOf } from './csvReader.ts';

const review = aReview();
const references = crossReferences(review);
const table = (lines: Iterable<string>) => rowsOf([...lines].join(''));

describe('grants.csv', () => {
  const rows = table(grantsCsv(review, references));

  it('has a row for each request, also for those that were never granted', () => {
    expect(rows.map(({ id }) => id)).toEqual(review.grants.map(({ id }) => id));
    expect(rows.map(({ status }) => status)).toEqual([
      'ended',
      'revoked',
      'ended',
      'denied',
      'expired',
      'cancelled',
      'active',
    ]);
  });

  it('tells a revoked grant whole', () => {
    expect(rows[1]).toMatchObject({
      requester: 'dave@example.com',
      entitlement: 'orders-admin',
      ticket: 'CHG-77',
      break_glass: 'no',
      requested_at: '2026-11-09T13:30:00Z',
      approved_by: 'carol@example.com 2026-11-09T13:40:00Z; erin@example.com 2026-11-09T13:55:00Z',
      denied_by: '',
      window_start: '2026-11-09T13:55:00Z',
      window_end: '2026-11-09T15:55:00Z',
      sessions: '1',
      calls: '4',
      errors: '1',
      denied: '1',
      calls_after_end: '2',
      end_event: 'revoked',
      end_at: '2026-11-09T14:20:00Z',
      end_by: 'ada@example.com',
      closed_at: '2026-11-09T14:20:02Z',
      chain: 'unbroken',
      chain_links: '6',
      chain_links_recomputed: '5',
      findings: '1',
      worst_severity: 'critical',
    });
  });

  it('names the decider of what was denied and the reviewer of break-glass', () => {
    expect(rows[3]).toMatchObject({ denied_by: 'carol@example.com 2026-11-17T10:05:00Z', window_start: '' });
    expect(rows[2]).toMatchObject({ break_glass: 'yes', reviewed_by: 'frank@example.com' });
  });

  it('calls a chain open that is not closed, and broken where a hash does not fit', () => {
    expect(rows.at(-1)?.chain).toBe('open');
    const [grant] = review.grants;
    if (!grant) throw new RangeError('The sample has no grants.');
    const links = grant.chain.links.map((link) => ({ ...link, content: 'differs' as const }));
    const altered = { ...review, grants: [{ ...grant, chain: { ...grant.chain, links } }] };
    expect(table(grantsCsv(altered, references))[0]?.chain).toBe('broken');
  });
});

describe('sessions.csv', () => {
  const rows = table(sessionsCsv(review, references));

  it('has a row for each access key and session', () => {
    expect(rows.map(({ session }) => session)).toEqual(review.sessions.map(({ arn }) => arn));
  });

  it('names the request of a session that belongs to one, and no request for others', () => {
    expect(rows.map((row) => row.request_id)).toEqual([
      requestId(1),
      requestId(2),
      requestId(3),
      requestId(7),
      '',
      '',
      '',
    ]);
  });

  it('says how each was joined, and leaves empty what is unknown', () => {
    const unknown = rows.find(({ joined_by }) => joined_by === 'unresolved');
    expect(unknown).toMatchObject({ issued_by: '', behind: '', issuing_event_id: '' });
  });
});

describe('calls.csv', () => {
  const rows = table(callsCsv(review, references));

  it('has each call of sessions of Countersign’s roles with its event id', () => {
    const ofGrant = rows.filter((row) => row.request_id === requestId(1));
    expect(ofGrant).toHaveLength(6);
    expect(ofGrant.every(({ count, event_id }) => count === '1' && event_id !== '')).toBe(true);
    expect(ofGrant[3]).toMatchObject({
      action: 'DeleteItem',
      error: 'AccessDenied',
      denied: 'yes',
      source_ip: '203.0.113.7',
    });
  });

  it('has one row for each action and outcome of other sessions', () => {
    const others = rows.filter(({ session }) => session?.includes('AWSReservedSSO'));
    expect(others.map(({ action, error, count, event_id }) => [action, error, count, event_id])).toEqual([
      ['ListBuckets', '', '1', ''],
      ['GetBucketPolicy', 'AccessDenied', '1', ''],
    ]);
  });

  it('counts every call once', () => {
    const counted = rows.reduce((sum, { count }) => sum + Number(count), 0);
    expect(counted).toBe(review.sessions.reduce((sum, { calls }) => sum + calls, 0));
  });
});

describe('findings.csv', () => {
  it('has a row for each finding in the order of the review', () => {
    const rows = table(findingsCsv(review));
    expect(rows.map(({ rule, severity }) => [rule, severity])).toEqual(
      review.findings.map(({ rule, severity }) => [rule, severity]),
    );
    expect(rows[0]?.event_ids?.split('; ')).toHaveLength(2);
  });
});
