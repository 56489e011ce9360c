import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { chain, type HistoryEntry } from '#domain/history.ts';
import { addSeconds } from '#domain/instant.ts';
import type { Evidence } from '#review/grants/evidence.ts';
import { linkUp } from '#review/grants/links.ts';
import { anApproval, carol, followedBy, type Happening, madeAt } from '../../support/builders.ts';
import { type CloudTrailRecord, callRecord, sessionFrom, withTags } from '../records.ts';
import { evidenceRecord, issuingRecords, recordsOfRequest } from '../requestRecords.ts';
import { evidenceIn, faultsOf, grantIn, storyOf } from './grantsIn.ts';
import { another, approvedAt, approvedByBob, issue, stories } from './stories.ts';

/** Records of several ways that one request went, what they share once. */
const recordsOfBranches = (...branches: AccessRequest[]): CloudTrailRecord[] => {
  const records = branches.flatMap((branch) => recordsOfRequest(branch));
  return [...new Map(records.map((record) => [record.eventID, record])).values()];
};

const without = (request: AccessRequest, ...events: HistoryEntry['event'][]): CloudTrailRecord[] =>
  request.history
    .filter(({ event }) => !events.includes(event))
    .map((entry) => evidenceRecord(request, entry));

const pending = another(1);
const scheduled = followedBy(pending, approvedByBob);
const revoked: Happening = {
  event: 'revoked',
  at: addSeconds(approvedAt, 60),
  by: 'ada@example.com',
  reason: 'No',
};
const denied: Happening = {
  event: 'denied',
  at: addSeconds(approvedAt, 5),
  by: 'carol@example.com',
  decision: anApproval(carol, { decision: 'deny' }),
};

describe('The chain of a request', () => {
  it('follows the hashes, not the clock: late evidence stands where it belongs', () => {
    const request = stories.revoked();
    const revoked = { delay: 9_000, attester: 'reconcile' } as const;
    const grant = grantIn(recordsOfRequest(request, { delay: 0, each: { revoked } }));
    expect(storyOf(grant)).toBe('requested approved issued revoked closed');
    expect(grant.chain.faults).toEqual([]);
  });

  it('has an entry once whose attestation was repeated', () => {
    const [first] = pending.history;
    if (!first) throw new Error('A request has a first entry.');
    const grant = grantIn([evidenceRecord(pending, first), evidenceRecord(pending, first, { delay: 2 })]);
    expect(grant.chain).toMatchObject({ links: [{}], lost: [], faults: [] });
  });

  it('is at fault where an entry was attested twice in different words', () => {
    const [first] = pending.history;
    if (!first) throw new Error('A request has a first entry.');
    const digest = 'd'.repeat(43);
    const grant = grantIn([
      evidenceRecord(pending, first),
      evidenceRecord({ ...pending, digest }, first, { delay: 2 }),
    ]);
    expect(grant).toMatchObject({ digest: pending.digest, chain: { links: [{}] } });
    expect(faultsOf(grant)).toEqual(['otherTerms']);
  });

  it('goes by the words that were hashed, whichever record of them comes first', () => {
    const records = recordsOfRequest(stories.revoked());
    const approval = records.find((record) => JSON.stringify(record).includes('"approved"'));
    if (!approval) throw new Error('The request was approved.');
    const forged = JSON.parse(JSON.stringify(approval).replaceAll('bob@example.com', 'alice@example.com'));
    const deciders = ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'].map(
      (eventID) => {
        const grant = grantIn([...records, { ...forged, eventID }]);
        expect(faultsOf(grant)).toContain('otherTerms');
        return grant.chain.links
          .filter(({ evidence }) => evidence.event === 'approved')
          .map(({ evidence }) => evidence.by);
      },
    );
    expect(deciders).toEqual([['bob@example.com'], ['bob@example.com']]);
  });

  it('is followed however long it is', () => {
    const history: HistoryEntry[] = [];
    for (let number = 0; number < 20_000; number += 1)
      history.push(
        chain(pending.terms.id, history.slice(-1), {
          event: number === 0 ? 'requested' : 'issued',
          at: madeAt,
          by: 'countersign',
        }),
      );
    const [template] = evidenceIn(recordsOfRequest(pending));
    if (!template) throw new Error('A request leaves evidence.');
    const evidence = history.map(
      ({ event, hash, previous }, index): Evidence => ({
        ...template,
        event,
        hash,
        previous,
        eventId: String(index),
      }),
    );
    expect(linkUp(evidence.toReversed()).path).toHaveLength(20_000);
  });
});

describe('A change that lost a race', () => {
  const alsoApproved = followedBy(pending, {
    ...approvedByBob,
    at: addSeconds(approvedAt, 1),
    by: 'carol@example.com',
    decision: anApproval(carol),
  });

  it('is lost, and no fault: nothing follows from it', () => {
    const won = followedBy(alsoApproved, issue(1, addSeconds(approvedAt, 2)));
    const grant = grantIn(recordsOfBranches(scheduled, won));
    expect(storyOf(grant)).toBe('requested approved issued');
    expect(grant.decisions).toMatchObject([{ by: 'carol@example.com' }]);
    expect(grant.chain.lost).toMatchObject([{ event: 'approved', by: 'bob@example.com' }]);
    expect(grant.chain.faults).toEqual([]);
  });

  it('is the one that did not reach the end, even if more was attested after it', () => {
    const cancelled = followedBy(
      pending,
      { event: 'cancelled', at: approvedAt, by: 'alice@example.com' },
      { event: 'closed', at: approvedAt },
    );
    const longer = followedBy(
      scheduled,
      issue(1, addSeconds(approvedAt, 2)),
      issue(2, addSeconds(approvedAt, 600)),
    );
    const grant = grantIn(recordsOfBranches(cancelled, longer));
    expect(storyOf(grant)).toBe('requested cancelled closed');
    expect(grant.chain.lost.map(({ event }) => event)).toEqual(['approved', 'issued', 'issued']);
    expect(faultsOf(grant)).toContain('fork');
  });

  it('is what gave access, where the logs end right after: taking away is attested once it is done', () => {
    const late = followedBy(pending, denied);
    const grant = grantIn(recordsOfBranches(scheduled, late));
    expect(storyOf(grant)).toBe('requested denied');
    expect(grant.chain).toMatchObject({ lost: [{ event: 'approved' }], faults: [] });
  });

  it('is the later of two alike, where the logs end right after', () => {
    const grant = grantIn(recordsOfBranches(alsoApproved, scheduled));
    expect(grant.decisions).toMatchObject([{ by: 'bob@example.com' }]);
    expect(grant.chain).toMatchObject({ lost: [{ by: 'carol@example.com' }], faults: [] });
  });

  it('may have had a session, sealed to nobody: it is one of the grant, attested by what was lost', () => {
    const lost = followedBy(scheduled, issue(1, addSeconds(approvedAt, 2)));
    const won = followedBy(
      scheduled,
      { ...revoked, at: addSeconds(approvedAt, 2) },
      { event: 'closed', at: addSeconds(approvedAt, 9) },
    );
    const records = recordsOfBranches(lost, won);
    const grant = grantIn(records);
    expect(storyOf(grant)).toBe('requested approved revoked closed');
    expect(grant.sessions).toMatchObject([
      { attestedBy: { how: 'hash', evidence: { event: 'issued' } }, activity: [] },
    ]);
    expect(grant.chain).toMatchObject({ lost: [{ event: 'issued' }], faults: [] });
  });

  it('is a fork when that session was used', () => {
    const lost = followedBy(scheduled, issue(1, addSeconds(approvedAt, 2)));
    const won = followedBy(
      scheduled,
      { ...revoked, at: addSeconds(approvedAt, 2) },
      { event: 'closed', at: addSeconds(approvedAt, 9) },
    );
    const issued = lost.history.filter(({ event }) => event === 'issued');
    const calls = issued
      .flatMap((entry) => issuingRecords(lost, entry).slice(0, 1))
      .map((record) => callRecord({ at: addSeconds(approvedAt, 8), session: sessionFrom(record) }));
    expect(calls).toHaveLength(1);
    expect(faultsOf(grantIn([...recordsOfBranches(lost, won), ...calls]))).toEqual(['fork']);
  });
});

describe('Two stories of one request', () => {
  it('are a fork where a record was put back to before a revoke and went on', () => {
    const putBack = followedBy(
      scheduled,
      issue(1, addSeconds(approvedAt, 90)),
      { event: 'ended', at: addSeconds(approvedAt, 3_600) },
      { event: 'closed', at: addSeconds(approvedAt, 3_600) },
    );
    const grant = grantIn(recordsOfBranches(followedBy(scheduled, revoked), putBack));
    expect(storyOf(grant)).toBe('requested approved issued ended closed');
    expect(grant.chain.faults).toMatchObject([
      { kind: 'fork', message: expect.stringContaining('"revoked"') },
    ]);
  });

  it('are a fork where both went on', () => {
    const one = followedBy(
      scheduled,
      issue(1, addSeconds(approvedAt, 2)),
      issue(2, addSeconds(approvedAt, 600)),
    );
    const other = followedBy(scheduled, issue(1, addSeconds(approvedAt, 3)), {
      ...revoked,
      at: addSeconds(approvedAt, 700),
    });
    expect(faultsOf(grantIn(recordsOfBranches(one, other)))).toContain('fork');
  });
});

describe('A chain with a hole', () => {
  it('stands to the last sound link, and what hangs in the air still counts for the grant', () => {
    const request = stories.revoked();
    const grant = grantIn(without(request, 'approved'));
    expect(storyOf(grant)).toBe('requested');
    expect(grant).toMatchObject({
      status: 'pending',
      end: { event: 'revoked', by: 'ada@example.com' },
      closedAt: expect.any(String),
      chain: { closed: false, apart: [{ event: 'issued' }, { event: 'revoked' }, { event: 'closed' }] },
    });
    expect(faultsOf(grant)).toEqual(['missingLink']);
  });

  it('shows every hole', () => {
    expect(faultsOf(grantIn(without(stories.used(), 'approved', 'ended')))).toEqual([
      'missingLink',
      'missingLink',
    ]);
  });

  it('lacks its beginning where the logs start later; who asked is known from their sessions', () => {
    const request = stories.used();
    const sessions = request.history.flatMap((entry) =>
      entry.event === 'issued' ? issuingRecords(request, entry) : [],
    );
    const grant = grantIn([...sessions, ...without(request, 'requested', 'approved')]);
    expect(storyOf(grant)).toBe('issued issued ended closed');
    expect(grant).toMatchObject({
      requester: 'alice@example.com',
      status: 'ended',
      window: { endsAt: request.history[2]?.detail?.end },
    });
    expect(faultsOf(grant)).toEqual(['noBeginning']);
    expect(grant.sessions.map(({ attestedBy }) => attestedBy?.how)).toEqual(['time', 'time']);
  });

  it('of which only the last link is left names nobody', () => {
    const grant = grantIn(without(stories.cancelled(), 'requested', 'cancelled'));
    expect(grant).toMatchObject({ requester: '', status: 'ended', end: undefined, chain: { closed: true } });
    expect(faultsOf(grant)).toEqual(['noBeginning']);
  });

  it('or with a ring, which no hash can close, does not hang', () => {
    const [template] = evidenceIn(recordsOfRequest(pending));
    if (!template) throw new Error('A request leaves evidence.');
    const ring = ['x', 'y'].map(
      (hash, index): Evidence => ({
        ...template,
        event: 'issued',
        hash,
        previous: index === 0 ? 'y' : 'x',
        eventId: hash,
      }),
    );
    const linked = linkUp([...ring, template]);
    expect(linked.path).toEqual([template]);
    expect(linked.apart).toEqual(ring);
    expect(linked.faults.map(({ kind }) => kind)).toEqual(['missingLink']);
    expect(linkUp(ring)).toMatchObject({ path: [], apart: ring });
  });
});

describe('Links that cannot be', () => {
  /** Entries chained as somebody would who can attest but does not keep to the rules. */
  const attested = (
    ...entries: [event: HistoryEntry['event'], detail?: HistoryEntry['detail']][]
  ): CloudTrailRecord[] => {
    const history: HistoryEntry[] = [];
    for (const [event, detail] of entries)
      history.push(
        chain(pending.terms.id, history, {
          event,
          at: addSeconds(madeAt, history.length),
          by: 'bob@example.com',
          ...(detail && { detail }),
        }),
      );
    return history.map((entry) => evidenceRecord({ ...pending, history }, { ...entry }, {}));
  };
  const base = { ...pending.history[0]?.detail };
  const granted = { start: approvedAt, end: addSeconds(approvedAt, 60) };

  it.each<[string, Parameters<typeof attested>, string[]]>([
    [
      'a session before the approval',
      [
        ['requested', base],
        ['issued', granted],
      ],
      ['impossibleOrder'],
    ],
    [
      'a decision on what was cancelled',
      [['requested', base], ['cancelled'], ['approved', granted]],
      ['impossibleOrder'],
    ],
    [
      'a second request',
      [
        ['requested', base],
        ['requested', base],
      ],
      ['impossibleOrder'],
    ],
    ['a beginning that is no request', [['approved', { ...base, ...granted }]], ['impossibleOrder']],
    ['a review of what is pending', [['requested', base], ['reviewed']], ['impossibleOrder']],
    [
      'a second review',
      [['requested', { ...base, ...granted }], ['ended'], ['reviewed'], ['reviewed']],
      ['impossibleOrder'],
    ],
    ['a last link before the end', [['requested', base], ['closed']], ['impossibleOrder']],
    [
      'a session after the last link',
      [['requested', base], ['denied'], ['closed'], ['issued', granted]],
      ['afterClosed'],
    ],
    ['two last links', [['requested', base], ['denied'], ['closed'], ['closed']], ['afterClosed']],
    [
      'a session with another window',
      [
        ['requested', base],
        ['approved', granted],
        ['issued', { ...granted, end: addSeconds(approvedAt, 90) }],
      ],
      ['otherTerms'],
    ],
  ])('%s', (_, entries, faults) => {
    expect(faultsOf(grantIn(attested(...entries)))).toEqual(faults);
  });

  it.each(['digest', 'entitlement', 'ticket', 'catalogue'] as const)('another %s than before', (term) => {
    const [first, ...rest] = recordsOfRequest(stories.used());
    const value = {
      digest: 'd'.repeat(43),
      entitlement: 'orders-admin',
      ticket: 'INC-2',
      catalogue: 'c'.repeat(43),
    }[term];
    const edited = rest.map((record) => withTags(record, { [`cs:${term}`]: value }));
    const grant = grantIn(first ? [first, ...edited] : []);
    expect(new Set(faultsOf(grant))).toEqual(new Set(['otherTerms']));
    expect(grant.chain.faults[0]?.message).toContain(`another ${term}`);
  });
});
