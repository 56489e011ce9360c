import { describe, expect, it } from 'vitest';
import {
  type AccessRequest,
  accessRequestSchema,
  historyHolds,
  isClosed,
  isOpen,
  isSettled,
  type RequestEvent,
  type Status,
  statuses,
  withoutSealedSession,
} from '#domain/accessRequest.ts';
import { chain, eventNames, isUnbroken } from '#domain/history.ts';
import { reissueEvery } from '#domain/sessionLength.ts';
import {
  aCatalogue,
  alice,
  anActiveRequest,
  anApproval,
  anId,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  bob,
  carol,
  entitlementIn,
  entryOf,
  followedBy,
  type Happening,
} from '../support/builders.ts';

const events: Record<RequestEvent['event'], RequestEvent> = {
  approved: { event: 'approved', decision: anApproval(bob), window: aWindow },
  denied: { event: 'denied', decision: anApproval(bob, { decision: 'deny' }) },
  cancelled: { event: 'cancelled' },
  expired: { event: 'expired' },
  issued: { event: 'issued', session: aSession(), window: aWindow },
  returned: { event: 'returned' },
  revoked: { event: 'revoked', reason: 'wrong table' },
  ended: { event: 'ended' },
  failed: { event: 'failed', reason: 'record_altered' },
  reviewed: { event: 'reviewed', verdict: 'justified', comment: 'it burned' },
  closed: { event: 'closed' },
};

const requests: Record<Status, AccessRequest> = {
  pending: aRequest(),
  scheduled: aScheduledRequest(),
  active: anActiveRequest(),
  denied: followedBy(aRequest(), events.denied),
  cancelled: followedBy(aRequest(), events.cancelled),
  expired: followedBy(aRequest(), events.expired),
  ended: followedBy(anActiveRequest(), events.ended),
  revoked: followedBy(anActiveRequest(), events.revoked),
  failed: followedBy(anActiveRequest(), events.failed),
};

/** What each status may become, and by what. Everything that is not here is refused. */
const lifecycle: Record<Status, Partial<Record<RequestEvent['event'], Status>>> = {
  pending: {
    approved: 'scheduled',
    denied: 'denied',
    cancelled: 'cancelled',
    expired: 'expired',
    failed: 'failed',
  },
  scheduled: {
    issued: 'active',
    returned: 'ended',
    ended: 'ended',
    revoked: 'revoked',
    failed: 'failed',
    reviewed: 'ended',
  },
  active: {
    issued: 'active',
    returned: 'ended',
    ended: 'ended',
    revoked: 'revoked',
    failed: 'failed',
    reviewed: 'ended',
  },
  denied: { closed: 'denied', reviewed: 'denied' },
  cancelled: { closed: 'cancelled', reviewed: 'cancelled' },
  expired: { closed: 'expired', reviewed: 'expired' },
  ended: { closed: 'ended', reviewed: 'ended' },
  revoked: { closed: 'revoked', reviewed: 'revoked' },
  failed: { closed: 'failed', reviewed: 'failed' },
};

const pairs = statuses.flatMap((status) =>
  Object.values(events).map(({ event }) => [status, event] as const),
);

describe('the lifecycle of a request', () => {
  it('has nine statuses, a closed set', () => {
    expect(statuses).toEqual([
      'pending',
      'scheduled',
      'active',
      'denied',
      'cancelled',
      'expired',
      'ended',
      'revoked',
      'failed',
    ]);
    expect(Object.keys(events)).toEqual(
      expect.arrayContaining(eventNames.filter((event) => event !== 'requested')),
    );
  });

  it.each(pairs)('%s + %s', (status, event) => {
    const next = lifecycle[status][event];
    if (next === undefined) expect(() => followedBy(requests[status], events[event])).toThrow(TypeError);
    else expect(followedBy(requests[status], events[event]).status).toBe(next);
  });

  it.each(statuses)('%s reads back from the table as it was written', (status) => {
    expect(accessRequestSchema.parse(JSON.parse(JSON.stringify(requests[status])))).toEqual(requests[status]);
  });

  it.each(pairs)('%s + %s writes exactly one link and alters none', (status, event) => {
    if (lifecycle[status][event] === undefined) return;
    const before = requests[status];
    const next = followedBy(before, events[event]);
    expect(next.history.slice(0, -1)).toEqual(before.history);
    expect(next.history.at(-1)?.event).toBe(event);
    expect(isUnbroken(next.terms.id, next.history)).toBe(true);
    expect(next.terms).toBe(before.terms);
    expect(next.digest).toBe(before.digest);
    expect(accessRequestSchema.safeParse(next).success).toBe(true);
  });

  it('is over with `closed`: nothing more happens, a review included', () => {
    const settled = followedBy(requests.ended, events.closed);
    expect(isSettled(settled)).toBe(true);
    for (const event of Object.values(events)) expect(() => followedBy(settled, event)).toThrow(TypeError);
  });

  it('refuses an event that it does not know', () => {
    expect(() => followedBy(requests.pending, { event: 'promoted' } as never)).toThrow('Unknown event');
  });

  it.each(statuses)('%s is either open or closed', (status) => {
    expect(isOpen(requests[status])).toBe(['pending', 'scheduled', 'active'].includes(status));
    expect(isClosed(requests[status])).toBe(!isOpen(requests[status]));
  });
});

describe('a new request', () => {
  it('is pending, with the first link of its chain', () => {
    const { status, history, decisions, terms } = aRequest();
    expect({ status, decisions }).toEqual({ status: 'pending', decisions: [] });
    expect(history).toHaveLength(1);
    expect(history[0]).toMatchObject({
      event: 'requested',
      at: terms.createdAt,
      by: alice.email,
      detail: { expiresAt: terms.expiresAt },
    });
    expect(history[0]?.detail?.breakGlass).toBeUndefined();
  });

  it('that needs no approval is scheduled at once, with its window on record', () => {
    const catalogue = aCatalogue((source) => {
      entitlementIn(source, 'orders-read').approval = [];
    });
    const request = aRequest({ catalogue });
    expect(request).toMatchObject({
      status: 'scheduled',
      window: { startsAt: '2026-11-22T10:00:00Z', endsAt: '2026-11-22T11:00:00Z' },
    });
    expect(request.history[0]?.detail).toMatchObject({
      start: '2026-11-22T10:00:00Z',
      end: '2026-11-22T11:00:00Z',
    });
  });

  it('by break-glass says so in its first link', () => {
    const request = aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } });
    expect(request.status).toBe('scheduled');
    expect(request.history[0]?.detail).toMatchObject({ breakGlass: 'yes', end: '2026-11-22T10:30:00Z' });
  });
});

describe('what the history keeps', () => {
  const detail = (request: AccessRequest) => request.history.at(-1)?.detail;

  it('of an approval: comment, shortened duration, and the window once the rules are met', () => {
    const decision = anApproval(bob, { comment: 'fine', durationSeconds: 900 });
    expect(detail(followedBy(requests.pending, { event: 'approved', decision }))).toEqual({
      comment: 'fine',
      durationSeconds: 900,
    });
    expect(
      detail(followedBy(requests.pending, { event: 'approved', decision: anApproval(bob), window: aWindow })),
    ).toEqual({ start: aWindow.startsAt, end: aWindow.endsAt });
  });

  it('of a session: its number, its access key id, its window and when STS lets it run out; never the session', () => {
    expect(detail(requests.active)).toEqual({
      sequence: 1,
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      start: aWindow.startsAt,
      end: aWindow.endsAt,
      stsExpiresAt: '2026-11-22T10:20:00Z',
    });
    expect(JSON.stringify(requests.active.history)).not.toContain('jwe');
  });

  it('of a revocation and a failure: the reason; of a review: verdict and comment; of a denial: the comment', () => {
    expect(detail(requests.revoked)).toEqual({ reason: 'wrong table' });
    expect(detail(requests.failed)).toEqual({ reason: 'record_altered' });
    expect(detail(followedBy(requests.ended, events.reviewed))).toEqual({
      verdict: 'justified',
      comment: 'it burned',
    });
    expect(
      detail(
        followedBy(requests.pending, {
          event: 'denied',
          decision: anApproval(bob, { decision: 'deny', comment: 'no' }),
        }),
      ),
    ).toEqual({ comment: 'no' });
    expect(detail(requests.ended)).toBeUndefined();
  });
});

describe('a review', () => {
  const judged = (request: AccessRequest) =>
    followedBy(request, { ...events.reviewed, at: '2026-11-22T10:07:00Z', by: carol.email });

  it('ends a grant that still runs, and keeps what the deny list has to know of it', () => {
    const { session, window } = anActiveRequest() as Extract<AccessRequest, { status: 'active' }>;
    expect(judged(anActiveRequest())).toMatchObject({
      status: 'ended',
      closedAt: '2026-11-22T10:07:00Z',
      session,
      window,
      review: { verdict: 'justified', comment: 'it burned', by: carol.email, at: '2026-11-22T10:07:00Z' },
    });
    expect(judged(aScheduledRequest())).toMatchObject({ status: 'ended', window: aWindow });
    expect(judged(aScheduledRequest())).not.toHaveProperty('session');
  });

  it('of a grant that is over changes neither how it ended nor when', () => {
    const { status, closedAt } = requests.revoked as Extract<AccessRequest, { status: 'revoked' }>;
    expect(judged(requests.revoked)).toMatchObject({ status, closedAt, review: { by: carol.email } });
  });

  it('is written as one link, and the grant can be issued no more', () => {
    for (const running of [aScheduledRequest(), anActiveRequest()]) {
      const reviewed = judged(running);
      expect(reviewed.history.slice(running.history.length).map(({ event }) => event)).toEqual(['reviewed']);
      expect(isUnbroken(reviewed.terms.id, reviewed.history)).toBe(true);
      expect(accessRequestSchema.parse(JSON.parse(JSON.stringify(reviewed)))).toEqual(reviewed);
      for (const event of [events.issued, events.ended, events.returned, events.revoked, events.failed])
        expect(() => followedBy(reviewed, event), event.event).toThrow(TypeError);
    }
  });

  it('is given once, and never of what nobody has granted or what is settled', () => {
    expect(() => judged(judged(requests.active))).toThrow(TypeError);
    expect(() => judged(judged(requests.ended))).toThrow(TypeError);
    expect(() => judged(requests.pending)).toThrow(TypeError);
    expect(() => judged(followedBy(requests.ended, events.closed))).toThrow(TypeError);
  });
});

describe('a history', () => {
  const closedOnes = Object.values(requests).filter(isClosed);

  it.each(pairs)('%s + %s leads to the status that the record claims', (status, event) => {
    expect(historyHolds(requests[status])).toBe(true);
    if (lifecycle[status][event] === undefined) return;
    const next = followedBy(requests[status], events[event]);
    expect(historyHolds(next)).toBe(true);
    if (isClosed(next) && !isSettled(next)) expect(historyHolds(followedBy(next, events.closed))).toBe(true);
  });

  it('of a grant that needed no approval leads to scheduled at once', () => {
    const broken = aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } });
    expect(historyHolds(broken)).toBe(true);
    expect(historyHolds(followedBy(broken, events.issued, events.reviewed, events.closed))).toBe(true);
  });

  it('of one approval of several leaves the request pending', () => {
    const half = followedBy(requests.pending, { event: 'approved', decision: anApproval(bob) });
    expect(historyHolds(half)).toBe(true);
    expect(historyHolds({ ...half, status: 'scheduled', window: aWindow })).toBe(false);
  });

  it.each(statuses)('that leads to %s holds for no other status', (status) => {
    for (const other of statuses.filter((name) => name !== status))
      expect(historyHolds({ ...requests[other], history: requests[status].history }), other).toBe(false);
  });

  it('does not hold with an event put in, taken out or edited', () => {
    for (const request of closedOnes) {
      const { history } = request;
      const by = 'mallory@example.com';
      const forged = chain(request.terms.id, [], { event: 'approved', at: aWindow.startsAt, by });
      expect(historyHolds({ ...request, history: history.toSpliced(1, 0, forged) })).toBe(false);
      expect(historyHolds({ ...request, history: history.slice(0, -1) })).toBe(false);
      expect(historyHolds({ ...request, history: history.slice(1) })).toBe(false);
      expect(historyHolds({ ...request, history: history.map((entry) => ({ ...entry, by })) })).toBe(false);
    }
  });

  it('holds for its own request alone', () => {
    const { history } = aRequest({ id: anId(2) });
    expect(historyHolds({ ...requests.pending, history })).toBe(false);
  });
});

describe('the record of the longest grant', () => {
  it.each([
    ['PT15M', 'P1DT9H20M'],
    ['PT1H', 'P7D'],
  ])('with sessions of %s over %s stays far below 400 KB', (sessionDuration, maxDuration) => {
    const catalogue = aCatalogue((source) => {
      Object.assign(entitlementIn(source, 'orders-read'), { maxDuration, sessionDuration });
    });
    const { sessionDuration: seconds = 0, maxDuration: longest } = entryOf(
      catalogue,
      'orders-read',
    ).entitlement;
    const count = Math.ceil(longest / reissueEvery(seconds));
    const sessions = Array.from(
      { length: count },
      (_, index): Happening => ({
        event: 'issued',
        session: aSession({ sequence: index + 1 }),
        window: aWindow,
      }),
    );
    const request = followedBy(aScheduledRequest({ catalogue }), ...sessions);
    const noted = request.history.map((entry) => ({ ...entry, notary: 'ASIAIOSFODNN7EXAMPLE' }));
    expect(count).toBeGreaterThan(180);
    expect(JSON.stringify({ ...request, history: noted }).length).toBeLessThan(100_000);
  });
});

describe('a closed request', () => {
  it('keeps its window and its last session, for the deny list', () => {
    expect(requests.revoked).toMatchObject({
      window: aWindow,
      session: { stsExpiresAt: '2026-11-22T10:20:00Z' },
      closedAt: '2026-11-22T10:05:00Z',
    });
    expect(followedBy(aScheduledRequest(), events.revoked)).not.toHaveProperty('session');
    expect(requests.cancelled).not.toHaveProperty('window');
  });

  it('keeps every decision, the denial included', () => {
    const twice = followedBy(
      requests.pending,
      { event: 'approved', decision: anApproval(bob) },
      { event: 'denied', decision: anApproval(carol, { decision: 'deny' }) },
    );
    expect(twice.decisions.map(({ decision }) => decision)).toEqual(['approve', 'deny']);
  });

  it('keeps its review through what happens next', () => {
    const reviewed = followedBy(requests.ended, events.reviewed, events.closed);
    expect(reviewed.review).toEqual({
      verdict: 'justified',
      comment: 'it burned',
      by: 'countersign',
      at: '2026-11-22T10:05:00Z',
    });
  });

  it('can have its sealed session erased, and nothing else', () => {
    const { revoked, cancelled } = requests;
    if (!isClosed(revoked) || !isClosed(cancelled)) throw new Error('The samples are closed.');
    const erased = withoutSealedSession(revoked);
    expect(erased).toEqual({
      ...revoked,
      session: {
        sequence: 1,
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        issuedAt: '2026-11-22T10:05:00Z',
        stsExpiresAt: '2026-11-22T10:20:00Z',
        reissueAt: '2026-11-22T10:15:00Z',
      },
    });
    expect(withoutSealedSession(erased)).toEqual(erased);
    expect(withoutSealedSession(cancelled)).toBe(cancelled);
  });
});

describe('a record from the table', () => {
  it.each<[string, object]>([
    ['another status', { status: 'approved' }],
    ['an unknown field', { approvedBy: 'mallory' }],
    ['no history', { history: [] }],
    ['a window before approval', { window: aWindow }],
    ['a session before approval', { session: aSession() }],
    ['a digest that is none', { digest: 'x' }],
    ['a digest in hexadecimal digits', { digest: '0'.repeat(64) }],
    [
      'a review without its author',
      { review: { verdict: 'justified', comment: 'x', at: '2026-11-22T10:05:00Z' } },
    ],
  ])('is refused with %s', (_, over) => {
    expect(accessRequestSchema.safeParse({ ...requests.pending, ...over }).success).toBe(false);
  });

  it('is refused as active without a session, and as failed without a reason', () => {
    expect(accessRequestSchema.safeParse({ ...requests.scheduled, status: 'active' }).success).toBe(false);
    expect(accessRequestSchema.safeParse({ ...requests.ended, status: 'failed' }).success).toBe(false);
  });
});
