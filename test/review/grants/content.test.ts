import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { addSeconds } from '#domain/instant.ts';
import { anApproval, bob, carol, erin, madeAt } from '../../support/builders.ts';
import { type CloudTrailRecord, withTags } from '../records.ts';
import { evidenceRecord, issuingRecords, type RecordOptions, recordsOfRequest } from '../requestRecords.ts';
import { contentsOf, faultsOf, grantIn } from './grantsIn.ts';
import { another, approvedAt, approvedByBob, issue, type StoryName, stories, window } from './stories.ts';

describe('The hash of an entry, computed again from what CloudTrail shows', () => {
  it.each<[StoryName, string]>([
    [
      'used',
      'requested recomputed, approved recomputed, issued recomputed, issued recomputed, ended recomputed, closed recomputed',
    ],
    [
      'returned',
      'requested recomputed, approved recomputed, issued recomputed, returned recomputed, closed recomputed',
    ],
    ['cancelled', 'requested recomputed, cancelled recomputed, closed recomputed'],
    ['expired', 'requested recomputed, expired recomputed, closed recomputed'],
    ['approvedByTwo', 'requested recomputed, approved recomputed, approved recomputed, issued recomputed'],
    ['denied', 'requested recomputed, denied unknowable, closed recomputed'],
    [
      'revoked',
      'requested recomputed, approved recomputed, issued recomputed, revoked unknowable, closed recomputed',
    ],
    ['failed', 'requested recomputed, approved recomputed, failed unknowable, closed recomputed'],
    [
      'breakGlass',
      'requested recomputed, issued recomputed, ended recomputed, reviewed unknowable, closed recomputed',
    ],
  ])('of a request that was %s: %s', (name, expected) => {
    expect(contentsOf(grantIn(recordsOfRequest(stories[name]())))).toBe(expected);
  });

  it('of a request is unknowable without its catalogue, which says when it would have expired', () => {
    expect(contentsOf(grantIn(recordsOfRequest(stories.cancelled()), { catalogues: [] }))).toBe(
      'requested unknowable, cancelled recomputed, closed recomputed',
    );
  });

  it.each([
    [-5, 'recomputed'],
    [0, 'recomputed'],
    [29, 'recomputed'],
    [60, 'recomputed'],
    [800, 'recomputed'],
    [21_600, 'recomputed'],
    [21_601, 'unknowable'],
  ])(
    'finds the time of an entry that was put on record %i seconds later by endGrant: %s',
    (delay, content) => {
      expect(last(stories.used(), { delay })).toBe(`closed ${content}`);
    },
  );

  it.each([
    [9_000, 'recomputed'],
    [90_000, 'unknowable'],
  ])(
    'is looked for by hours where reconcile caught up after an outage of %i seconds: %s',
    (delay, content) => {
      expect(last(stories.cancelled(), { delay, attester: 'reconcile' })).toBe(`closed ${content}`);
    },
  );

  it.each([
    [120, 'denied recomputed, closed recomputed'],
    [9_000, 'denied recomputed, closed recomputed'],
    [90_000, 'denied unknowable, closed unknowable'],
  ])(
    'is never held against what reconcile put on record %i seconds later, link after link',
    (delay, expected) => {
      const decision = anApproval(carol, { decision: 'deny' });
      const request = another(1, [
        { event: 'denied', at: approvedAt, by: 'carol@example.com', decision },
        { event: 'closed', at: addSeconds(approvedAt, 1) },
      ]);
      const [first, ...later] = request.history;
      const records = [
        ...(first ? [evidenceRecord(request, first)] : []),
        ...later.map((entry) => evidenceRecord(request, entry, { delay, attester: 'reconcile' })),
      ];
      expect(contentsOf(grantIn(records))).toBe(`requested recomputed, ${expected}`);
    },
  );

  it('of an approval or a denial shows whether there was a comment, and who shortened the grant', () => {
    const half = { startsAt: approvedAt, endsAt: addSeconds(approvedAt, 1_800) };
    const contents = (...approvals: Parameters<typeof another>[1] & object) =>
      contentsOf(grantIn(recordsOfRequest(another(1, approvals))));
    const shortened = {
      ...approvedByBob,
      decision: anApproval(bob, { durationSeconds: 1_800 }),
      window: half,
    };
    expect(contents(shortened)).toBe('requested recomputed, approved recomputed');
    const commented = { ...approvedByBob, decision: anApproval(bob, { comment: 'Fine' }) };
    expect(contents(commented)).toBe('requested recomputed, approved unknowable');
    const first = {
      ...approvedByBob,
      at: addSeconds(madeAt, 9),
      decision: anApproval(erin, { durationSeconds: 1_800 }),
      by: 'erin@example.com',
    };
    const { window: _, ...pending } = first;
    expect(contents(pending, { ...approvedByBob, window: half })).toBe(
      'requested recomputed, approved recomputed, approved recomputed',
    );
    expect(
      contents({
        event: 'denied',
        at: approvedAt,
        by: 'carol@example.com',
        decision: anApproval(carol, { decision: 'deny' }),
      }),
    ).toBe('requested recomputed, denied recomputed');
  });

  it('is met for a grant that starts later than it was approved', () => {
    const later = { startsAt: addSeconds(approvedAt, 86_400), endsAt: addSeconds(approvedAt, 90_000) };
    const request = another(1, [{ ...approvedByBob, window: later }, issue(1, later.startsAt, later)]);
    expect(contentsOf(grantIn(recordsOfRequest(request)))).toBe(
      'requested recomputed, approved recomputed, issued recomputed',
    );
  });

  it('proves which session of a grant an entry speaks of, however many there are', () => {
    const times = Array.from({ length: 90 }, (_, index) => addSeconds(approvedAt, 2 + index * 30));
    const request = another(1, [approvedByBob, ...times.map((at, index) => issue(index + 1, at))]);
    const grant = grantIn(recordsOfRequest(request));
    expect(grant.sessions.map(({ attestedBy }) => attestedBy?.how)).toEqual(times.map(() => 'hash'));
    expect(grant.sessions.map(({ accessKeyId }) => accessKeyId)).toEqual(
      request.history.flatMap(({ detail }) => detail?.accessKeyId ?? []),
    );
  });

  it('is not looked for in a session that was never seen', () => {
    const request = stories.returned();
    const grant = grantIn(request.history.map((entry) => evidenceRecord(request, entry)));
    expect(contentsOf(grant)).toContain('issued unknowable');
    expect(faultsOf(grant)).toEqual([]);
  });
});

/** The records of a request with another hash in the evidence of one event, and in what follows it. */
function withOtherHash(
  request: AccessRequest,
  event: string,
  options: RecordOptions = {},
): CloudTrailRecord[] {
  const hash = 'h'.repeat(43);
  const was = request.history.find((entry) => entry.event === event)?.hash;
  return request.history.flatMap((entry) => {
    const record = evidenceRecord(request, entry, entry.event === event ? options : {});
    return [
      ...(entry.event === 'issued' ? issuingRecords(request, entry) : []),
      withTags(record, {
        ...(entry.event === event && { 'cs:hash': hash }),
        ...(entry.previous === was && { 'cs:previous': hash }),
      }),
    ];
  });
}

/** What is proven of the last link, when that alone was attested in another way. */
function last(request: ReturnType<typeof another>, options: RecordOptions): string | undefined {
  const entry = request.history.at(-1);
  const evidence = entry ? [evidenceRecord(request, entry, options)] : [];
  const grant = grantIn([...recordsOfRequest(request).slice(0, -1), ...evidence]);
  return contentsOf(grant).split(', ').at(-1);
}

describe('A hash that cannot be met', () => {
  it.each([
    ['returned', 'mallory@example.com', 'returned differs'],
    ['cancelled', 'mallory@example.com', 'cancelled differs'],
    ['used', 'mallory@example.com', 'issued differs'],
    ['used', 'mallory@example.com', 'requested differs'],
  ] as const)('shows that another actor is named than did it: %s by %s', (name, by, expected) => {
    const request = stories[name]();
    const event = expected.split(' ')[0];
    const grant = grantIn(
      recordsOfRequest({
        ...request,
        history: request.history.map((entry) => (entry.event === event ? { ...entry, by } : entry)),
      }),
    );
    expect(contentsOf(grant)).toContain(expected);
  });

  it('shows another event under a hash, though the one it claims to be has words', () => {
    const request = stories.used();
    const history = request.history.map((entry) =>
      entry.event === 'ended' ? { ...entry, event: 'failed' as const } : entry,
    );
    const grant = grantIn(recordsOfRequest({ ...request, history }, {}));
    expect(contentsOf(grant)).toContain('failed unknowable');
    const byEndGrant = history.map((entry) =>
      evidenceRecord(
        { ...request, history },
        entry,
        entry.event === 'failed' ? { attester: 'endGrant' } : {},
      ),
    );
    expect(contentsOf(grantIn(byEndGrant))).toContain('failed differs');
  });

  it.each([
    ['ended', 0],
    ['ended', 9_000],
    ['closed', 0],
    ['closed', 9_000],
  ])('is held against %s without excuse, put on record %i seconds later', (event, delay) => {
    const request = stories.used();
    const grant = grantIn(withOtherHash(request, event, { delay, attester: 'reconcile' }));
    expect(contentsOf(grant)).toContain(`${event} differs`);
    expect(faultsOf(grant)).toEqual([]);
  });

  it('is held against the end of a grant that nobody used, however long ago that was granted', () => {
    const inTwoDays = { startsAt: addSeconds(approvedAt, 172_800), endsAt: addSeconds(approvedAt, 176_400) };
    const request = another(1, [
      { ...approvedByBob, window: inTwoDays },
      { event: 'ended', at: inTwoDays.endsAt },
    ]);
    expect(contentsOf(grantIn(recordsOfRequest(request)))).toContain('ended recomputed');
    expect(contentsOf(grantIn(withOtherHash(request, 'ended')))).toContain('ended differs');
  });

  it('is of a window that nobody granted', () => {
    const request = stories.used();
    const history = request.history.map((entry) =>
      entry.event === 'issued'
        ? { ...entry, detail: { ...entry.detail, end: addSeconds(window.endsAt, 3_600) } }
        : entry,
    );
    expect(contentsOf(grantIn(recordsOfRequest({ ...request, history })))).toContain('issued differs');
  });
});
