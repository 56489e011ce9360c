import { describe, expect, it, test } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import type { Attester, HistoryEntry } from '#domain/history.ts';
import { addSeconds } from '#domain/instant.ts';
import { requestDigest } from '#domain/terms.ts';
import type { TableRecord } from '#review/findings/finding.ts';
import { aRequest, followedBy, madeAt } from '../../support/builders.ts';
import { another, approvedAt, approvedByBob, catalogue, issue, stories } from '../grants/stories.ts';
import type { CloudTrailRecord } from '../records.ts';
import { evidenceRecord, recordsOfRequest } from '../requestRecords.ts';
import { faultsIn, findingsBy, materialOf, quietHour } from './material.ts';

/** The record after its evidence was joined to it, as the functions leave it. */
function joined(request: AccessRequest): AccessRequest {
  const notaryOf = (entry: AccessRequest['history'][number]): string => {
    const { credentials } = evidenceRecord(request, entry).responseElements ?? {};
    return String((credentials as { accessKeyId: string }).accessKeyId);
  };
  return { ...request, history: request.history.map((entry) => ({ ...entry, notary: notaryOf(entry) })) };
}

const recordOf = (request: AccessRequest): TableRecord => ({ id: request.terms.id, request });
const later = quietHour('2026-11-22T23:00:00Z');

/** What is held against a story whose record was edited. */
function comparing(
  name: keyof typeof stories,
  edit: (request: AccessRequest) => AccessRequest = (same) => same,
): string[] {
  const request = stories[name]();
  return tableFaults([...recordsOfRequest(request), later], [recordOf(edit(joined(request)))]);
}
const tableFaults = (records: CloudTrailRecord[], table: TableRecord[]): string[] =>
  faultsIn(records, { table }).filter((fault) => fault.includes('table') || fault.includes('unjustified'));

const disagreement = ['critical table-differs'];

describe('Table and trail tell one story', () => {
  test.each([
    'used',
    'returned',
    'revoked',
    'denied',
    'cancelled',
    'expired',
    'failed',
    'breakGlass',
    'reviewedWhileRunning',
  ] as const)('of a request that went its way: %s', (name) => {
    expect(comparing(name)).toEqual([]);
  });

  it('also of how long was asked for: not of a window that was attested longer', () => {
    const longer = { startsAt: approvedAt, endsAt: addSeconds(approvedAt, 2 * 3_600) };
    const request = another(1, [{ ...approvedByBob, window: longer }, issue(1, approvedAt, longer)]);
    const records = [...recordsOfRequest(request), later];
    const said = findingsBy('table-differs', records, { table: [recordOf(joined(request))] });
    expect(said.map(({ message }) => message).join()).toContain('is not what was asked for');
  });

  test.each<[string, keyof typeof stories, (request: AccessRequest) => AccessRequest]>([
    [
      'the justification',
      'used',
      ({ terms, ...rest }) => withTerms(rest, { ...terms, justification: 'Something that sounds better' }),
    ],
    [
      'the session policy',
      'used',
      ({ terms, ...rest }) =>
        withTerms(rest, { ...terms, sessionPolicy: terms.sessionPolicy.replace('Query', 'Scan') }),
    ],
    ['the ticket', 'used', ({ terms, ...rest }) => withTerms(rest, { ...terms, ticket: 'INC-2' })],
    ['the status', 'revoked', (request) => ({ ...request, status: 'ended' }) as AccessRequest],
    [
      'the end of the window',
      'revoked',
      (request) =>
        ({
          ...request,
          window: { startsAt: '2026-11-22T10:05:00Z', endsAt: '2026-11-30T00:00:00Z' },
        }) as AccessRequest,
    ],
    ['who decided', 'used', (request) => withEntry(request, 'approved', { by: 'carol@example.com' })],
    [
      'the approver beside the history',
      'used',
      (request) => ({
        ...request,
        decisions: request.decisions.map((one) => ({
          ...one,
          approver: { ...one.approver, email: 'carol@example.com' },
        })),
      }),
    ],
    [
      'the key of a session',
      'used',
      (request) => withEntry(request, 'issued', { detail: { accessKeyId: 'ASIAOTHER00000000000' } }),
    ],
    [
      'the notary session of an entry',
      'denied',
      (request) => withEntry(request, 'denied', { notary: 'ASIAOTHER00000000000' }),
    ],
    ['a comment', 'denied', (request) => withEntry(request, 'denied', { detail: { comment: 'Of course' } })],
    [
      'the time that it was closed',
      'cancelled',
      (request) => ({ ...request, closedAt: '2026-11-22T11:11:11Z' }) as AccessRequest,
    ],
    [
      'the verdict of the review',
      'breakGlass',
      (request) => ({
        ...request,
        review: { ...request.review, comment: '', by: 'bob@example.com', at: madeAt, verdict: 'unjustified' },
      }),
    ],
    [
      'an entry that is gone',
      'used',
      (request) => ({ ...request, history: request.history.toSpliced(1, 1) }),
    ],
    [
      'its last entries, rolled back',
      'revoked',
      (request) => ({ ...request, history: request.history.slice(0, 3) }),
    ],
  ])('unless somebody edits %s', (_, name, edit) => {
    expect(comparing(name, edit)).toContain('critical table-differs');
  });

  test.each<[string, { says: number; attested: number; attester?: Attester }]>([
    ['after it was attested', { says: 660, attested: 601 }],
    ['long before it was attested, by a function that does so at once', { says: 540, attested: 640 }],
    ['after what follows it', { says: 670, attested: 3_000, attester: 'reconcile' }],
  ])('unless a revocation says that it was %s', (_, { says, attested, attester = 'decisions' }) => {
    const request = followedBy(
      aRequest({ catalogue }),
      approvedByBob,
      issue(1, addSeconds(approvedAt, 2)),
      { event: 'revoked', at: addSeconds(approvedAt, says), by: 'ada@example.com', reason: 'Left the team' },
      { event: 'closed', at: addSeconds(approvedAt, 601) },
    );
    const revoked = { delay: attested - says, attester };
    const said = findingsBy('table-differs', [...recordsOfRequest(request, { each: { revoked } }), later], {
      table: [recordOf(request)],
    });
    expect(said.map(({ message }) => message).join()).toContain('entry 4, revoked, has another time');
  });

  it('where an entry was attested twice and joined to the first', () => {
    const request = stories.cancelled();
    const [entry] = request.history;
    const again = entry ? [evidenceRecord(request, entry, { delay: 2 })] : [];
    expect(tableFaults([...recordsOfRequest(request), ...again, later], [recordOf(joined(request))])).toEqual(
      [],
    );
  });

  it('where evidence is still to come', () => {
    const request = stories.used();
    const { notary: _, ...last } = joined(request).history.at(-1) ?? {
      event: 'closed',
      at: '',
      by: '',
      previous: '',
      hash: '',
    };
    const record = {
      ...joined(request),
      history: [...joined(request).history.slice(0, -1), last],
    } as AccessRequest;
    const records = recordsOfRequest(request).slice(0, -1);
    expect(tableFaults(records, [recordOf(record)])).toEqual([]);
    expect(tableFaults([...records, later], [recordOf(record)])).toEqual(disagreement);
  });
});

describe('What the table says of when access was taken away', () => {
  const endsIn = (edit: (entry: HistoryEntry) => HistoryEntry) => {
    const request = stories.revoked();
    const open = { ...request, history: request.history.slice(0, -1) } as AccessRequest;
    const late = { delay: 2_400, attester: 'reconcile' } as const;
    const record = { ...open, history: open.history.map(edit) } as AccessRequest;
    const { grants } = materialOf(recordsOfRequest(open, { each: { revoked: late } }), {
      table: [recordOf(record)],
    });
    return grants.map(({ end }) => end?.at);
  };
  const revokedAt = addSeconds(approvedAt, 900);

  it('counts where its hash was attested', () => {
    expect(endsIn((entry) => entry)).toEqual([revokedAt]);
  });

  it('is nothing where somebody wrote another time to the hash that was attested', () => {
    const moved = endsIn((entry) =>
      entry.event === 'revoked' ? { ...entry, at: addSeconds(entry.at, -600) } : entry,
    );
    expect(moved).toEqual([addSeconds(revokedAt, 2_400)]);
  });
});

describe('Every request stands in both', () => {
  const request = stories.used();

  it('or somebody wrote it into the table', () => {
    const made = joined(
      followedBy(aRequest({ catalogue, id: another(5).terms.id, now: addSeconds(madeAt, 600) })),
    );
    const records = [...recordsOfRequest(request), later];
    expect(tableFaults(records, [recordOf(joined(request)), recordOf(made)])).toEqual(disagreement);
  });

  it('or it was deleted from the table', () => {
    const second = another(5, [{ event: 'cancelled', by: 'alice@example.com' }, { event: 'closed' }]);
    const records = [...recordsOfRequest(request), ...recordsOfRequest(second), later];
    expect(tableFaults(records, [recordOf(joined(request))])).toEqual(disagreement);
  });

  it('or it was attested and never written, which a function that stops halfway leaves behind', () => {
    const records = [...recordsOfRequest(request), ...recordsOfRequest(another(5)), later];
    expect(tableFaults(records, [recordOf(joined(request))])).toEqual(['low table-differs']);
  });

  it('unless it was made before the logs begin, or when they end', () => {
    const early = aRequest({ catalogue, id: another(5).terms.id, now: addSeconds(madeAt, -86_400) });
    const late = aRequest({ catalogue, id: another(6).terms.id, now: '2026-11-22T22:59:00Z' });
    const table = [joined(request), joined(early), joined(late)].map(recordOf);
    expect(tableFaults([...recordsOfRequest(request), later], table)).toEqual([]);
  });

  it('or the export does not reach so far, and nobody can tell', () => {
    const laterOn = '2026-11-22T20:00:00Z';
    const late = aRequest({ catalogue, id: another(6).terms.id, now: laterOn });
    const cancelled = followedBy(late, {
      event: 'cancelled',
      by: 'alice@example.com',
      at: addSeconds(laterOn, 60),
    });
    const faultsWith = (made: AccessRequest, period = {}) =>
      faultsIn([...recordsOfRequest(request), ...recordsOfRequest(made), later], {
        table: [recordOf(joined(request))],
        period,
      }).filter((fault) => fault.includes('table'));
    expect(faultsWith(cancelled)).toEqual(['medium table-differs']);
    expect(faultsWith(late)).toEqual(['low table-differs']);
    expect(faultsWith(cancelled, { to: laterOn })).toEqual([]);
  });

  it('or the export holds no request at all', () => {
    const records = [...recordsOfRequest(request), later];
    expect(tableFaults(records, [])).toEqual(disagreement);
    const fault = { id: 'unknown', fault: 'it is wrong at history' };
    expect(tableFaults(records, [fault])).toEqual([...disagreement, ...disagreement]);
    expect(faultsIn([later], { table: [] })).toEqual([]);
  });
});

describe('A record that is none of Countersign’s', () => {
  it('is tampering', () => {
    const [finding] = findingsBy('table-differs', recordsOfRequest(stories.used()), {
      table: [recordOf(joined(stories.used())), { id: 'unknown', fault: 'it is wrong at history' }],
    });
    expect(finding?.severity).toBe('critical');
    expect(finding?.message).toContain('it is wrong at history');
  });
});

describe('Break-glass that a reviewer found unjustified', () => {
  it('is a finding, which only the table can show', () => {
    const request = followedBy(stories.breakGlass());
    const reviewed = {
      ...joined(request),
      review: {
        verdict: 'unjustified',
        comment: 'No need',
        by: 'bob@example.com',
        at: '2026-11-22T12:00:00Z',
      },
    } as AccessRequest;
    expect(tableFaults(recordsOfRequest(request), [recordOf(reviewed)])).toContain(
      'high break-glass-unjustified',
    );
    expect(comparing('breakGlass')).toEqual([]);
  });
});

const withTerms = (rest: Omit<AccessRequest, 'terms'>, terms: AccessRequest['terms']): AccessRequest =>
  ({ ...rest, terms, digest: requestDigest(terms) }) as AccessRequest;

const withEntry = (request: AccessRequest, event: string, over: Record<string, unknown>): AccessRequest => ({
  ...request,
  history: request.history.map((entry) =>
    entry.event === event
      ? {
          ...entry,
          ...over,
          ...('detail' in over && { detail: { ...entry.detail, ...(over.detail as object) } }),
        }
      : entry,
  ),
});
