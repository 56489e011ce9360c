import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import {
  cancelRequest,
  type DecisionCommand,
  decideRequest,
  returnGrant,
  reviewBreakGlass,
  revokeGrant,
} from '#domain/decide.ts';
import { isRefusal } from '#domain/errors.ts';
import {
  aCatalogue,
  alice,
  anActiveRequest,
  anApproval,
  anApprovalBy,
  approverOf,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  bob,
  carol,
  dave,
  entitlementIn,
  erin,
  followedBy,
  madeAt,
  mallory,
  tokenFor,
} from '../support/builders.ts';

const catalogue = aCatalogue();
const pending = aRequest({ catalogue });
const decide = (
  command: DecisionCommand,
  {
    request = pending,
    now = madeAt,
    today = catalogue,
  }: { request?: AccessRequest; now?: string; today?: typeof catalogue } = {},
) =>
  decideRequest(request, command, {
    catalogue: today,
    entry: today.entries.get(request.terms.entitlement),
    now,
  });
const aDenialBy = (person = bob, comment?: string): DecisionCommand => ({
  approver: approverOf(person),
  decision: 'deny',
  comment,
});

describe('an approval', () => {
  it('by one of the group, with the token of their own mail, makes the window', () => {
    expect(decide(anApprovalBy(bob, { comment: 'fine' }))).toEqual({
      event: 'approved',
      decision: {
        decision: 'approve',
        approver: approverOf(bob),
        decidedAt: madeAt,
        comment: 'fine',
        token: tokenFor(bob),
      },
      window: { startsAt: madeAt, endsAt: '2026-11-22T11:00:00Z' },
    });
  });

  it('that leaves a rule unmet makes no window yet', () => {
    const request = aRequest({ catalogue, wish: { entitlement: 'orders-admin' } });
    const first = decide(anApprovalBy(bob), { request });
    expect(first).toMatchObject({ event: 'approved' });
    expect(first).not.toHaveProperty('window');
    const half = followedBy(request, { event: 'approved', decision: anApproval(bob) });
    expect(decide(anApprovalBy(carol), { request: half })).not.toHaveProperty('window');
    expect(decide(anApprovalBy(erin), { request: half, now: '2026-11-22T10:20:00Z' })).toMatchObject({
      window: { startsAt: '2026-11-22T10:20:00Z' },
    });
  });

  it('may shorten, from a minute up to what was asked, and the window shows it', () => {
    expect(decide(anApprovalBy(bob, { durationSeconds: 600 }))).toMatchObject({
      decision: { durationSeconds: 600 },
      window: { endsAt: '2026-11-22T10:10:00Z' },
    });
    expect(decide(anApprovalBy(bob, { durationSeconds: 60 }))).toHaveProperty('window');
    expect(decide(anApprovalBy(bob, { durationSeconds: 3_600 }))).toHaveProperty('window');
  });

  it.each([59, 0, -1, 3_601, Number.NaN, Number.POSITIVE_INFINITY])(
    'may not set the duration to %d seconds',
    (durationSeconds) => {
      expect(decide(anApprovalBy(bob, { durationSeconds }))).toMatchObject({
        refused: 'duration_not_shorter',
      });
    },
  );

  it.each<[string, Partial<DecisionCommand>]>([
    ['no token', { token: undefined }],
    ['a damaged token', { token: `${tokenFor(bob)} ` }],
    ["another approver's token", { token: tokenFor(carol) }],
    ['a token though none was sent', { invitedTokenHash: undefined }],
    ['the hash in place of the token', { token: anApprovalBy(bob).invitedTokenHash }],
    ['an empty token', { token: '' }],
  ])('needs the token that was sent to the approver: not %s', (_, over) => {
    expect(decide({ ...anApprovalBy(bob), ...over })).toMatchObject({ refused: 'invalid_token' });
  });

  it('by somebody who found the mail of another is refused for who they are', () => {
    for (const finder of [mallory, dave])
      expect(decide({ ...anApprovalBy(bob), approver: approverOf(finder) })).toMatchObject({
        refused: 'not_an_approver',
      });
  });

  it('of what is no longer the same entitlement is refused', () => {
    const today = aCatalogue((source) => {
      entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
    });
    expect(decide(anApprovalBy(bob), { today })).toMatchObject({ refused: 'entitlement_changed' });
    const gone = aCatalogue((source) => {
      delete source.entitlements['orders-read'];
    });
    expect(decide(anApprovalBy(bob), { today: gone })).toMatchObject({ refused: 'entitlement_changed' });
  });
});

describe('a decision', () => {
  it('on the own request is refused: approval or denial, under any address', () => {
    const today = aCatalogue((source) => {
      source.people = [[alice.email, 'alice@partner.example.org']];
      source.groups['orders-leads'] = [
        bob.email,
        alice.email,
        'alice+lead@example.com',
        'alice@partner.example.org',
      ];
    });
    const own = [
      alice,
      { ...alice, email: bob.email },
      { ...alice, subject: 'x', email: 'alice+lead@example.com' },
      { ...alice, subject: 'x', email: 'alice@partner.example.org' },
    ];
    for (const person of own) {
      expect(decide(anApprovalBy(person), { today }), person.email).toMatchObject({ refused: 'own_request' });
      expect(decide(aDenialBy(person), { today }), person.email).toMatchObject({ refused: 'own_request' });
    }
  });

  it('counts up to the last second and not at the deadline', () => {
    expect(decide(anApprovalBy(bob), { now: '2026-11-22T13:59:59Z' })).toMatchObject({ event: 'approved' });
    expect(decide(anApprovalBy(bob), { now: '2026-11-22T14:00:00Z' })).toMatchObject({
      refused: 'wrong_state',
    });
    expect(decide(aDenialBy(), { now: '2026-11-22T14:00:00Z' })).toMatchObject({ refused: 'wrong_state' });
  });

  it('is made once by one person: twice is refused, as is changing one’s mind, under any address', () => {
    const today = aCatalogue((source) => {
      source.people = [[bob.email, 'robert@example.net']];
      source.groups['orders-leads'] = [bob.email, 'robert@example.net', carol.email];
      entitlementIn(source, 'orders-read').approval = [{ count: 2, from: { groups: ['orders-leads'] } }];
    });
    const half = followedBy(aRequest({ catalogue: today }), { event: 'approved', decision: anApproval(bob) });
    const robert = { ...bob, issuer: 'https://other.example.com', email: 'robert@example.net' };
    for (const command of [anApprovalBy(bob), aDenialBy(bob), anApprovalBy(robert), aDenialBy(robert)])
      expect(decide(command, { request: half, today })).toMatchObject({ refused: 'already_decided' });
    expect(decide(anApprovalBy(carol), { request: half, today })).toHaveProperty('window');
  });

  it.each<[string, AccessRequest]>([
    ['scheduled', aScheduledRequest()],
    ['active', anActiveRequest()],
    ['cancelled', followedBy(pending, { event: 'cancelled' })],
    ['expired', followedBy(pending, { event: 'expired' })],
    ['revoked', followedBy(anActiveRequest(), { event: 'revoked', reason: 'x' })],
    ['failed', followedBy(pending, { event: 'failed', reason: 'x' })],
    ['denied', followedBy(pending, { event: 'denied', decision: anApproval(bob, { decision: 'deny' }) })],
  ])('on a request that is %s is refused', (status, request) => {
    for (const command of [anApprovalBy(carol), aDenialBy(carol)])
      expect(decide(command, { request }), status).toMatchObject({ refused: 'wrong_state' });
  });

  it('of a denial needs no token and keeps none, nor a duration', () => {
    expect(decide({ ...aDenialBy(bob, 'not now'), token: 'x', durationSeconds: 60 })).toEqual({
      event: 'denied',
      decision: { decision: 'deny', approver: approverOf(bob), decidedAt: madeAt, comment: 'not now' },
    });
  });

  it('of a denial is possible though the entitlement has changed', () => {
    const today = aCatalogue((source) => {
      entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
    });
    expect(decide(aDenialBy(), { today })).toMatchObject({ event: 'denied' });
  });

  it('by the people of the escalation counts from then on', () => {
    expect(decide(anApprovalBy(erin), { now: '2026-11-22T10:29:59Z' })).toMatchObject({
      refused: 'not_an_approver',
    });
    expect(decide(anApprovalBy(erin), { now: '2026-11-22T10:30:00Z' })).toHaveProperty('window');
  });
});

describe('the requester', () => {
  it('cancels only what is pending', () => {
    expect(cancelRequest(pending)).toEqual({ event: 'cancelled' });
    for (const request of [aScheduledRequest(), anActiveRequest(), followedBy(pending, { event: 'expired' })])
      expect(cancelRequest(request)).toMatchObject({ refused: 'wrong_state' });
  });

  it('returns only what was granted and is not over', () => {
    for (const request of [aScheduledRequest(), anActiveRequest()])
      expect(returnGrant(request)).toEqual({ event: 'returned' });
    for (const request of [pending, followedBy(anActiveRequest(), { event: 'ended' })])
      expect(returnGrant(request)).toMatchObject({ refused: 'wrong_state' });
  });
});

describe('a grant', () => {
  it('is revoked with a reason, whether it has started or not, and never twice', () => {
    for (const request of [aScheduledRequest(), anActiveRequest()])
      expect(revokeGrant(request, 'wrong table')).toEqual({ event: 'revoked', reason: 'wrong table' });
    for (const request of [pending, followedBy(anActiveRequest(), { event: 'revoked', reason: 'x' })])
      expect(revokeGrant(request, 'again')).toMatchObject({ refused: 'wrong_state' });
  });
});

describe('a break-glass grant', () => {
  const breaking = aRequest({ who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } });
  const inUse = followedBy(breaking, { event: 'issued', session: aSession(), window: aWindow });
  const used = followedBy(inUse, { event: 'ended' });
  const verdict = { verdict: 'justified', comment: 'it burned' } as const;

  it('is reviewed while it runs, which ends it for good', () => {
    for (const running of [breaking, inUse]) {
      expect(reviewBreakGlass(running, verdict)).toEqual({ event: 'reviewed', ...verdict });
      const reviewed = followedBy(running, { event: 'reviewed', ...verdict });
      expect(returnGrant(reviewed)).toMatchObject({ refused: 'wrong_state', requestStatus: 'ended' });
      expect(revokeGrant(reviewed, 'x')).toMatchObject({ refused: 'wrong_state' });
      expect(reviewBreakGlass(reviewed, verdict)).toMatchObject({ refused: 'already_reviewed' });
    }
  });

  it('that is settled is not reviewed any more, whether it ever had a session or not', () => {
    const unused = followedBy(breaking, { event: 'returned' }, { event: 'closed' });
    expect(isRefusal(reviewBreakGlass(unused, verdict))).toBe(true);
  });

  it('is reviewed once', () => {
    expect(reviewBreakGlass(used, verdict)).toEqual({ event: 'reviewed', ...verdict });
    const reviewed = followedBy(used, { event: 'reviewed', ...verdict });
    expect(reviewBreakGlass(reviewed, verdict)).toMatchObject({ refused: 'already_reviewed' });
    expect(reviewBreakGlass(followedBy(reviewed, { event: 'closed' }), verdict)).toMatchObject({
      refused: 'already_reviewed',
    });
  });

  it('alone is reviewed', () => {
    expect(reviewBreakGlass(followedBy(anActiveRequest(), { event: 'ended' }), verdict)).toMatchObject({
      refused: 'wrong_state',
    });
  });
});
