import { describe, expect, it } from 'vitest';
import type { AccessRequest, Decision } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { authorisedWindow, grantWindow, needsNoApproval } from '#domain/grantWindow.ts';
import { requestDigest, type Terms } from '#domain/terms.ts';
import {
  aCatalogue,
  alice,
  aMachine,
  anApproval,
  anEntitlement,
  aRequest,
  bob,
  carol,
  dave,
  entitlementIn,
  entryOf,
  erin,
  frank,
  mallory,
  type RequestOptions,
} from '../support/builders.ts';

const { terms } = aRequest();
const approvedBy = (person = bob, over: Partial<Decision> = {}) => anApproval(person, over);

describe('the window of a grant', () => {
  it('starts at the last needed approval and lasts as long as was asked', () => {
    expect(
      grantWindow(terms, [approvedBy(bob), approvedBy(erin, { decidedAt: '2026-11-22T10:20:00Z' })]),
    ).toEqual({
      startsAt: '2026-11-22T10:20:00Z',
      endsAt: '2026-11-22T11:20:00Z',
    });
  });

  it('starts at the last approval whatever the order in which the record lists them', () => {
    expect(
      grantWindow(terms, [approvedBy(bob, { decidedAt: '2026-11-22T10:20:00Z' }), approvedBy(erin)]).startsAt,
    ).toBe('2026-11-22T10:20:00Z');
  });

  it('starts at startAt when that is later, and not when it has passed', () => {
    expect(grantWindow({ ...terms, startAt: '2026-11-22T12:00:00Z' }, [approvedBy()])).toEqual({
      startsAt: '2026-11-22T12:00:00Z',
      endsAt: '2026-11-22T13:00:00Z',
    });
    expect(grantWindow({ ...terms, startAt: '2026-11-22T10:04:59Z' }, [approvedBy()]).startsAt).toBe(
      '2026-11-22T10:05:00Z',
    );
  });

  it('starts when it was asked for if nobody has to approve', () => {
    expect(grantWindow(terms, [])).toEqual({ startsAt: terms.createdAt, endsAt: '2026-11-22T11:00:00Z' });
  });

  it('lasts the shortest duration that an approver gave; a denial shortens nothing', () => {
    const decisions = [
      approvedBy(bob, { durationSeconds: 1_800 }),
      approvedBy(erin, { durationSeconds: 600 }),
      approvedBy(carol, { durationSeconds: 900 }),
    ];
    expect(grantWindow(terms, decisions).endsAt).toBe('2026-11-22T10:15:00Z');
    expect(
      grantWindow(terms, [approvedBy(), approvedBy(erin, { decision: 'deny', durationSeconds: 60 })]).endsAt,
    ).toBe('2026-11-22T11:05:00Z');
  });

  it('is never lengthened by an approver', () => {
    expect(grantWindow(terms, [approvedBy(bob, { durationSeconds: 999_999 })]).endsAt).toBe(
      '2026-11-22T11:05:00Z',
    );
  });
});

describe('approval', () => {
  it('is needed unless there are no rules or it is break-glass', () => {
    const without = { ...anEntitlement(), approval: [] };
    expect(needsNoApproval({ breakGlass: false }, { entitlement: anEntitlement() })).toBe(false);
    expect(needsNoApproval({ breakGlass: true }, { entitlement: anEntitlement() })).toBe(true);
    expect(needsNoApproval({ breakGlass: false }, { entitlement: without })).toBe(true);
  });
});

describe('before every session the record is judged anew', () => {
  const judge = (
    record: Partial<AccessRequest>,
    { options, today }: { options?: RequestOptions; today?: Catalogue } = {},
  ) => {
    const catalogue = options?.catalogue ?? aCatalogue();
    const request = { ...aRequest({ ...options, catalogue }), ...record };
    const now = today ?? catalogue;
    return authorisedWindow(now, now.entries.get(request.terms.entitlement), request);
  };
  const window = { startsAt: '2026-11-22T10:05:00Z', endsAt: '2026-11-22T11:05:00Z' };
  const forged = (over: Partial<Terms>) => ({ terms: { ...terms, ...over }, decisions: [approvedBy()] });

  it('issues what was approved', () => {
    expect(judge({ decisions: [approvedBy()] })).toEqual(window);
  });

  it('does not believe a status: without an approval nothing is issued', () => {
    expect(judge({ decisions: [] })).toEqual({ failure: 'approval_rules_not_met' });
  });

  it.each<[string, Partial<Terms>]>([
    ['a longer duration', { durationSeconds: 7 * 86_400 }],
    ['another role', { roleArn: 'arn:aws:iam::111122223333:role/countersign-orders-admin' }],
    ['a wider policy', { sessionPolicy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }],
    ['another person', { requester: { ...terms.requester, email: mallory.email } }],
    ['break-glass', { breakGlass: true }],
    ['an earlier start', { startAt: '2026-11-22T09:00:00Z' }],
  ])('refuses terms that were altered: %s', (_, over) => {
    expect(judge(forged(over))).toEqual({ failure: 'record_altered' });
  });

  it('refuses terms that do not follow from the entry, though digest and approval are of these very terms', () => {
    const over = { ...terms, roleArn: 'arn:aws:iam::111122223333:role/countersign-orders-admin' };
    expect(judge({ terms: over, digest: requestDigest(over), decisions: [approvedBy()] })).toEqual({
      failure: 'record_altered',
    });
  });

  it('refuses a digest that was altered', () => {
    expect(judge({ digest: 'A'.repeat(43), decisions: [approvedBy()] })).toEqual({
      failure: 'record_altered',
    });
  });

  it('refuses when the entitlement has changed or is gone, and only then', () => {
    const changed = aCatalogue((source) => {
      entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
    });
    const gone = aCatalogue((source) => {
      delete source.entitlements['orders-read'];
    });
    const other = aCatalogue((source) => {
      entitlementIn(source, 'orders-admin').maxDuration = 'PT5H';
    });
    expect(judge({ decisions: [approvedBy()] }, { today: changed })).toEqual({
      failure: 'entitlement_changed',
    });
    expect(judge({ decisions: [approvedBy()] }, { today: gone })).toEqual({ failure: 'entitlement_changed' });
    expect(judge({ decisions: [approvedBy()] }, { today: other })).toEqual(window);
  });

  it('refuses once the requester has left the group, unless the signed token had shown it', () => {
    const left = aCatalogue((source) => {
      source.groups['orders-team'] = [dave.email];
    });
    expect(judge({ decisions: [approvedBy()] }, { today: left })).toEqual({
      failure: 'requester_not_eligible',
    });
    const claimant = { ...mallory, groups: ['orders-team'] };
    expect(judge({ decisions: [approvedBy()] }, { options: { who: claimant }, today: left })).toEqual(window);
  });

  it('refuses once the approver has left the group', () => {
    const left = aCatalogue((source) => {
      source.groups['orders-leads'] = [carol.email];
    });
    expect(judge({ decisions: [approvedBy()] }, { today: left })).toEqual({
      failure: 'approval_rules_not_met',
    });
  });

  it('refuses once people: shows that the approver was the requester', () => {
    const known = aCatalogue((source) => {
      source.people = [[alice.email, bob.email]];
    });
    expect(judge({ decisions: [approvedBy()] }, { today: known })).toEqual({
      failure: 'approval_rules_not_met',
    });
  });

  it.each([
    ['at the last second', '2026-11-22T13:59:59Z', undefined],
    ['at the deadline', '2026-11-22T14:00:00Z', 'decided_too_late'],
    ['after it', '2026-11-22T14:00:01Z', 'decided_too_late'],
    ['in the second of the request', '2026-11-22T10:00:00Z', undefined],
    ['before the request', '2026-11-22T09:59:59Z', 'decided_too_late'],
  ])('counts a decision %s: %s, %s', (_, decidedAt, failure) => {
    const outcome = judge({ decisions: [approvedBy(bob, { decidedAt })] });
    expect('failure' in outcome ? outcome.failure : undefined).toBe(failure);
  });

  it('refuses when one decision of several came too late', () => {
    expect(
      judge({ decisions: [approvedBy(), approvedBy(carol, { decidedAt: '2026-11-22T14:00:00Z' })] }),
    ).toEqual({ failure: 'decided_too_late' });
  });

  it('refuses when anybody denied, whoever approved', () => {
    expect(judge({ decisions: [approvedBy(), approvedBy(carol, { decision: 'deny' })] })).toEqual({
      failure: 'approval_rules_not_met',
    });
  });

  it('refuses a denial as an approval', () => {
    expect(judge({ decisions: [approvedBy(bob, { decision: 'deny' })] })).toEqual({
      failure: 'approval_rules_not_met',
    });
  });

  it('needs an approval of each of two groups', () => {
    const options: RequestOptions = { wish: { entitlement: 'orders-admin' } };
    expect(judge({ decisions: [approvedBy(bob)] }, { options })).toEqual({
      failure: 'approval_rules_not_met',
    });
    expect(judge({ decisions: [approvedBy(bob), approvedBy(carol)] }, { options })).toEqual({
      failure: 'approval_rules_not_met',
    });
    expect(judge({ decisions: [approvedBy(bob), approvedBy(frank)] }, { options })).toEqual(window);
  });

  it('lets break-glass through without approval, for those who may break it', () => {
    const options: RequestOptions = { who: bob, wish: { entitlement: 'orders-admin', breakGlass: true } };
    expect(judge({}, { options })).toEqual({
      startsAt: '2026-11-22T10:00:00Z',
      endsAt: '2026-11-22T10:30:00Z',
    });
    const left = aCatalogue((source) => {
      source.groups['orders-leads'] = [carol.email];
    });
    expect(judge({}, { options, today: left })).toEqual({ failure: 'requester_not_eligible' });
  });

  it('refuses break-glass for an entitlement that has none, even when the digest was made for it', () => {
    const forgedTerms = { ...terms, breakGlass: true };
    expect(judge({ terms: forgedTerms, digest: requestDigest(forgedTerms) })).toEqual({
      failure: 'requester_not_eligible',
    });
  });

  it('knows a machine by issuer and subject', () => {
    const catalogue = aCatalogue((source) => {
      source.machines = {
        deployer: { issuer: aMachine.issuer, subject: aMachine.subject, account: '444455556666' },
      };
      entitlementIn(source, 'orders-read').requesters = { machines: ['deployer'] };
    });
    const renamed = { ...catalogue, machines: {} };
    expect(judge({ decisions: [approvedBy()] }, { options: { catalogue, who: aMachine } })).toEqual(window);
    expect(
      judge({ decisions: [approvedBy()] }, { options: { catalogue, who: aMachine }, today: renamed }),
    ).toEqual({ failure: 'requester_not_eligible' });
  });
});

describe('two grants', () => {
  it('never share fate: a change of one entry leaves the other as it was', () => {
    const catalogue = aCatalogue();
    const read = { ...aRequest({ catalogue }), decisions: [approvedBy()] };
    const admin = {
      ...aRequest({ catalogue, wish: { entitlement: 'orders-admin' } }),
      decisions: [approvedBy(bob), approvedBy(erin)],
    };
    const changed = aCatalogue((source) => {
      entitlementIn(source, 'orders-admin').maxDuration = 'PT3H';
    });
    expect(authorisedWindow(changed, entryOf(changed, 'orders-admin'), admin)).toEqual({
      failure: 'entitlement_changed',
    });
    expect(authorisedWindow(changed, entryOf(changed, 'orders-read'), read)).toHaveProperty('endsAt');
    expect(authorisedWindow(catalogue, entryOf(catalogue, 'orders-admin'), read)).toEqual({
      failure: 'entitlement_changed',
    });
  });
});
