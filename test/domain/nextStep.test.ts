import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { addSeconds } from '#domain/instant.ts';
import {
  dueAt,
  mustMove,
  nextStep,
  type Outstanding,
  owesMail,
  owesWords,
  reviewDueAt,
} from '#domain/nextStep.ts';
import {
  aCatalogue,
  anActiveRequest,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  bob,
  entitlementIn,
  followedBy,
  type Happening,
  madeAt,
} from '../support/builders.ts';

const catalogue = aCatalogue();
const changed = aCatalogue((source) => {
  entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
});
const stepOf = (request: AccessRequest, now: string, today = catalogue) =>
  nextStep(request, { entry: today.entries.get(request.terms.entitlement), now });

describe('a pending request', () => {
  const request = aRequest();

  it.each([
    ['waits for the escalation', '2026-11-22T10:29:59Z', { step: 'wait', until: '2026-11-22T10:30:00Z' }],
    [
      'waits for its deadline once it is escalated',
      '2026-11-22T10:30:00Z',
      { step: 'wait', until: '2026-11-22T14:00:00Z' },
    ],
    ['waits to the last second', '2026-11-22T13:59:59Z', { step: 'wait', until: '2026-11-22T14:00:00Z' }],
    ['expires at the deadline', '2026-11-22T14:00:00Z', { step: 'expire' }],
    ['expires however late anybody looks', '2027-01-01T00:00:00Z', { step: 'expire' }],
  ])('%s (%s)', (_, now, step) => {
    expect(stepOf(request, now)).toEqual(step);
  });

  it('without escalation waits for its deadline', () => {
    expect(stepOf(aRequest({ wish: { entitlement: 'orders-admin' } }), madeAt)).toEqual({
      step: 'wait',
      until: '2026-11-22T14:00:00Z',
    });
  });

  it('does not wait for an escalation that comes after its deadline', () => {
    // The catalogue refuses such an entry; a record could still say so.
    const early = { ...request, terms: { ...request.terms, expiresAt: '2026-11-22T10:10:00Z' } };
    expect(stepOf(early, madeAt)).toEqual({
      step: 'wait',
      until: '2026-11-22T10:10:00Z',
    });
  });

  it('fails when its entitlement has changed or is gone, and expires rather than fails', () => {
    expect(stepOf(request, madeAt, changed)).toEqual({ step: 'fail', reason: 'entitlement_changed' });
    expect(nextStep(request, { entry: undefined, now: madeAt })).toEqual({
      step: 'fail',
      reason: 'entitlement_changed',
    });
    expect(stepOf(request, '2026-11-22T14:00:00Z', changed)).toEqual({ step: 'expire' });
  });
});

describe('a scheduled grant', () => {
  const request = aScheduledRequest();

  it.each([
    ['holds to the last second', '2026-11-22T10:04:59Z', { step: 'hold', until: '2026-11-22T10:05:00Z' }],
    ['is issued at its start', '2026-11-22T10:05:00Z', { step: 'issue' }],
    ['is issued however late, while it lasts', '2026-11-22T11:04:59Z', { step: 'issue' }],
    ['ends unused at its end', '2026-11-22T11:05:00Z', { step: 'end' }],
  ])('%s (%s)', (_, now, step) => {
    expect(stepOf(request, now)).toEqual(step);
  });

  it('fails when its entitlement has changed, until its end', () => {
    expect(stepOf(request, '2026-11-22T10:04:59Z', changed)).toEqual({
      step: 'fail',
      reason: 'entitlement_changed',
    });
    expect(stepOf(request, '2026-11-22T11:05:00Z', changed)).toEqual({ step: 'end' });
  });
});

describe('an active grant', () => {
  const request = anActiveRequest();
  const last = followedBy(request, {
    event: 'issued',
    session: {
      sequence: 2,
      accessKeyId: 'ASIA2',
      issuedAt: '2026-11-22T10:55:00Z',
      stsExpiresAt: '2026-11-22T11:10:00Z',
    },
    window: aWindow,
  });
  const beyond = followedBy(request, {
    event: 'issued',
    session: aSession({ reissueAt: '2026-11-22T11:30:00Z' }),
    window: aWindow,
  });

  it.each([
    [
      'holds until the next session is due',
      '2026-11-22T10:14:59Z',
      request,
      { step: 'hold', until: '2026-11-22T10:15:00Z' },
    ],
    ['is issued anew when it is due', '2026-11-22T10:15:00Z', request, { step: 'issue' }],
    ['is issued anew however late, while it lasts', '2026-11-22T11:04:59Z', request, { step: 'issue' }],
    ['ends at its end', '2026-11-22T11:05:00Z', request, { step: 'end' }],
    [
      'holds its last session to the end',
      '2026-11-22T11:04:59Z',
      last,
      { step: 'hold', until: '2026-11-22T11:05:00Z' },
    ],
    [
      'is never held beyond its end',
      '2026-11-22T10:20:00Z',
      beyond,
      { step: 'hold', until: '2026-11-22T11:05:00Z' },
    ],
  ])('%s (%s)', (_, now, grant, step) => {
    expect(stepOf(grant, now)).toEqual(step);
  });

  it('fails when its entitlement has changed', () => {
    expect(stepOf(request, '2026-11-22T10:06:00Z', changed)).toEqual({
      step: 'fail',
      reason: 'entitlement_changed',
    });
  });
});

describe('a closed request', () => {
  const ended = followedBy(anActiveRequest(), { event: 'ended' });
  const breaking = aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } });
  const inUse = followedBy(breaking, { event: 'issued', session: aSession(), window: aWindow });
  const broken = followedBy(inUse, { event: 'ended' });
  const review: Happening = { event: 'reviewed', verdict: 'unjustified', comment: 'no fire' };

  it('is closed, then over', () => {
    expect(stepOf(ended, madeAt)).toEqual({ step: 'close' });
    expect(stepOf(followedBy(ended, { event: 'closed' }), madeAt)).toEqual({ step: 'over' });
    expect(stepOf(ended, madeAt, changed)).toEqual({ step: 'close' });
  });

  it('by break-glass waits for its review first', () => {
    expect(stepOf(broken, madeAt)).toEqual({ step: 'awaitReview' });
    const reviewed = followedBy(broken, review);
    expect(stepOf(reviewed, madeAt)).toEqual({ step: 'close' });
    expect(stepOf(followedBy(reviewed, { event: 'closed' }), madeAt)).toEqual({ step: 'over' });
  });

  it.each<[string, Happening]>([
    ['returned', { event: 'returned' }],
    ['revoked', { event: 'revoked', reason: 'a drill' }],
    ['failed', { event: 'failed', reason: 'entitlement_changed' }],
  ])('by break-glass waits for its review whatever ended it: %s', (_, end) => {
    expect(stepOf(followedBy(inUse, end), madeAt)).toEqual({ step: 'awaitReview' });
    expect(stepOf(followedBy(breaking, end), madeAt), 'without a session there is nothing to judge').toEqual({
      step: 'close',
    });
  });

  it('by break-glass that the review itself has ended is closed at once', () => {
    for (const running of [breaking, inUse])
      expect(stepOf(followedBy(running, review), '2026-11-22T10:05:00Z')).toEqual({ step: 'close' });
  });
});

const noted = (request: AccessRequest): AccessRequest => ({
  ...request,
  history: request.history.map((entry) => ({ ...entry, notary: 'ASIAEXAMPLE' })),
});
/** Nothing, unless the test says so. */
const owed = (request: AccessRequest, outstanding: Partial<Outstanding>): Outstanding => ({
  announced: request.history.length,
  noticed: request.history.length,
  invitations: {},
  ...outstanding,
});
const todayAt = (request: AccessRequest, now: string) => ({
  entry: catalogue.entries.get(request.terms.entitlement),
  now,
});
const invited = { [bob.email]: { sent: 1 }, 'carol@example.com': { sent: 2 } };
const heldUp = { ...invited, 'carol@example.com': { sent: 0 } };
const over = noted(followedBy(aRequest(), { event: 'cancelled' }, { event: 'closed' }));
const awaiting = noted(
  followedBy(
    aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } }),
    { event: 'issued', session: aSession(), window: aWindow },
    { event: 'ended' },
  ),
);

describe('the time when a request is looked at again', () => {
  const due = (request: AccessRequest, now: string, outstanding: Partial<Outstanding> = {}) =>
    dueAt(request, owed(request, outstanding), todayAt(request, now));
  const soon = addSeconds(madeAt, 30);

  it('is half a minute after what it waits or holds for', () => {
    expect(due(noted(aRequest()), madeAt)).toBe('2026-11-22T10:30:30Z');
    expect(due(noted(anActiveRequest()), '2026-11-22T10:06:00Z')).toBe('2026-11-22T10:15:30Z');
  });

  it('is half a minute from now when a step is outstanding', () => {
    expect(due(noted(aScheduledRequest()), '2026-11-22T10:05:00Z')).toBe('2026-11-22T10:05:30Z');
    expect(due(noted(followedBy(aRequest(), { event: 'cancelled' })), madeAt)).toBe(soon);
  });

  it('is half a minute from now while evidence or notices are outstanding', () => {
    expect(due(aRequest(), madeAt)).toBe(soon);
    expect(due(noted(aRequest()), madeAt, { announced: 0 })).toBe(soon);
    expect(due(noted(aRequest()), madeAt, { noticed: 0 })).toBe(soon);
    expect(due(noted(aRequest()), madeAt, { invitations: heldUp })).toBe(soon);
    expect(due(noted(aRequest()), madeAt, { invitations: invited })).toBe('2026-11-22T10:30:30Z');
    const settled = followedBy(aRequest(), { event: 'cancelled' }, { event: 'closed' });
    expect(due(settled, madeAt)).toBe(soon);
  });

  it('is never again once all is done', () => {
    expect(due(over, madeAt)).toBeUndefined();
    expect(due(over, madeAt, { deniedUntil: madeAt })).toBeUndefined();
  });

  it('is every five minutes while the deny list holds its sessions, and when that ends', () => {
    expect(due(over, madeAt, { deniedUntil: addSeconds(madeAt, 3_600) })).toBe(addSeconds(madeAt, 300));
    expect(due(over, madeAt, { deniedUntil: addSeconds(madeAt, 60) })).toBe(addSeconds(madeAt, 60));
    expect(due(awaiting, madeAt, { deniedUntil: addSeconds(madeAt, 60) })).toBe(addSeconds(madeAt, 60));
  });

  it('is the day of the review while that is outstanding', () => {
    expect(due(awaiting, madeAt)).toBe('2026-11-23T10:00:00Z');
    expect(reviewDueAt(awaiting, undefined)).toBe('2026-11-23T10:00:00Z');
  });

  it('is not put off by words that are owed: whichever comes first', () => {
    const deniedUntil = addSeconds(madeAt, 10);
    expect(due(over, madeAt, { deniedUntil, announced: 0 })).toBe(deniedUntil);
    expect(due(over, madeAt, { deniedUntil: addSeconds(madeAt, 3_600), announced: 0 })).toBe(soon);
    expect(due(over, madeAt, { noticed: 0 })).toBe(soon);
    expect(due(awaiting, madeAt, { announced: 0 })).toBe(soon);
  });

  it('is every hour once a review is overdue', () => {
    expect(due(awaiting, '2026-11-23T09:30:00Z')).toBe('2026-11-23T10:30:00Z');
    expect(due(awaiting, '2026-11-25T10:00:00Z')).toBe('2026-11-25T11:00:00Z');
  });
});

describe('a mail to an approver', () => {
  it('is owed while any of them was not sent', () => {
    expect(owesMail({ invitations: {} })).toBe(false);
    expect(owesMail({ invitations: invited })).toBe(false);
    expect(owesMail({ invitations: heldUp })).toBe(true);
  });
});

describe('an execution is moved', () => {
  const moves = (request: AccessRequest, now: string, outstanding: Partial<Outstanding> = {}) =>
    mustMove(request, owed(request, outstanding), todayAt(request, now));

  it.each<[string, AccessRequest, string]>([
    ['expire', noted(aRequest()), '2026-11-22T14:00:00Z'],
    ['issue', noted(aScheduledRequest()), '2026-11-22T10:05:00Z'],
    ['issue anew', noted(anActiveRequest()), '2026-11-22T10:15:00Z'],
    ['end', noted(anActiveRequest()), '2026-11-22T11:05:00Z'],
    ['close', noted(followedBy(anActiveRequest(), { event: 'ended' })), madeAt],
  ])('to %s, whatever words are owed', (_, request, now) => {
    expect(moves(request, now)).toBe(true);
    expect(moves(request, now, { announced: 0, noticed: 0 })).toBe(true);
  });

  it('to send what an outage held up', () => {
    for (const request of [noted(aRequest()), noted(aScheduledRequest()), awaiting, over])
      expect(moves(request, madeAt, { invitations: heldUp })).toBe(true);
  });

  it('not for the events and notices of a request that waits: `reconcile` sends those itself', () => {
    for (const request of [noted(aRequest()), noted(aScheduledRequest()), awaiting, over])
      for (const words of [{ announced: 0 }, { noticed: 0 }])
        expect(moves(request, madeAt, { invitations: invited, ...words })).toBe(false);
    expect(moves(aScheduledRequest(), madeAt, { invitations: invited })).toBe(false);
  });

  it('and one that owes no words fell due for its step alone', () => {
    for (const request of [noted(aRequest()), noted(aScheduledRequest()), awaiting, over]) {
      expect(owesWords(request, owed(request, { invitations: invited }))).toBe(false);
      expect(owesWords(request, owed(request, { invitations: heldUp }))).toBe(true);
      expect(owesWords(request, owed(request, { announced: 0 }))).toBe(true);
    }
  });
});
