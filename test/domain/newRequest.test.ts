import { describe, expect, it } from 'vitest';
import type { Catalogue } from '#domain/catalogue.ts';
import { isRefusal } from '#domain/errors.ts';
import type { Identity } from '#domain/identity.ts';
import { addSeconds } from '#domain/instant.ts';
import { newRequest, type Wish } from '#domain/newRequest.ts';
import { requestDigest, termsSchema } from '#domain/terms.ts';
import {
  aCatalogue,
  alice,
  aMachine,
  aNewRequest,
  anId,
  aRecipientKey,
  aWish,
  bob,
  type CatalogueSource,
  carol,
  dave,
  entitlementIn,
  entryOf,
  madeAt,
  mallory,
  trent,
} from '../support/builders.ts';

const catalogue = aCatalogue();
const ask = (
  wish: Partial<Wish> = {},
  {
    who = alice,
    from = catalogue,
    sourceIp = '203.0.113.7',
  }: { who?: Identity; from?: Catalogue; sourceIp?: string } = {},
) => newRequest(from, aWish(wish), { id: anId(), who, sourceIp, now: madeAt });
const refusalOf = (...asked: Parameters<typeof ask>): string | undefined => {
  const made = ask(...asked);
  return isRefusal(made) ? made.refused : undefined;
};
const reading = (
  edit: (entitlement: CatalogueSource['entitlements'][string], source: CatalogueSource) => void,
): Catalogue => aCatalogue((source) => edit(entitlementIn(source, 'orders-read'), source));

describe('a new request', () => {
  it('has terms that are derived here, from the catalogue and the sign-in, not from what was sent', () => {
    const { terms, digest, window } = aNewRequest({ wish: { durationSeconds: 1_800, ticket: 'INC-1001' } });
    const entry = entryOf(catalogue, 'orders-read');
    expect(terms).toEqual({
      id: anId(),
      requester: {
        kind: 'human',
        issuer: alice.issuer,
        subject: alice.subject,
        email: alice.email,
        groups: ['orders-team'],
        claimedGroups: [],
      },
      entitlement: 'orders-read',
      entitlementDigest: entry.entitlementDigest,
      roleArn: 'arn:aws:iam::111122223333:role/countersign-orders-read',
      sessionPolicy: expect.stringContaining('9999-12-31T23:59:59Z'),
      policyArns: [],
      parameters: {},
      durationSeconds: 1_800,
      breakGlass: false,
      justification: 'Look at the order that INC-1001 is about',
      ticket: 'INC-1001',
      createdAt: madeAt,
      expiresAt: '2026-11-22T14:00:00Z',
      recipientKey: aRecipientKey,
    });
    expect(digest).toBe(requestDigest(terms));
    expect(window).toBeUndefined();
    expect(termsSchema.parse(terms)).toEqual(terms);
  });

  it('takes nothing that the wish does not name', () => {
    const { terms } = aNewRequest({
      wish: {
        roleArn: 'arn:aws:iam::111122223333:role/admin',
        approved: true,
        requester: bob,
      } as Partial<Wish>,
    });
    expect(terms).toEqual(aNewRequest().terms);
  });
});

describe('who may ask', () => {
  it('are those that the entitlement names', () => {
    expect(refusalOf()).toBeUndefined();
    for (const who of [mallory, trent, bob]) expect(refusalOf({}, { who }), who.email).toBe('not_eligible');
  });

  it('cannot tell an entitlement they may not have from one that is not there', () => {
    const hidden = ask({}, { who: mallory });
    const absent = ask({ entitlement: 'no-such-thing' }, { who: mallory });
    expect(hidden).toMatchObject({ refused: 'not_eligible' });
    expect(JSON.stringify(hidden).replace('orders-read', 'X')).toBe(
      JSON.stringify(absent).replace('no-such-thing', 'X'),
    );
    expect(refusalOf({ breakGlass: true }, { who: mallory })).toBe('not_eligible');
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('cannot name %j as an entitlement', (entitlement) => {
    expect(refusalOf({ entitlement })).toBe('not_eligible');
  });

  it('include whoever the signed token shows in a group; the terms keep which ones only it shows', () => {
    const { terms } = aNewRequest({ who: { ...mallory, groups: ['orders-team', 'unrelated'] } });
    expect(terms.requester).toMatchObject({ groups: ['orders-team'], claimedGroups: ['orders-team'] });
    const both = aNewRequest({ who: { ...alice, groups: ['orders-team'] } });
    expect(both.terms.requester).toMatchObject({ groups: ['orders-team'], claimedGroups: [] });
  });

  it('include a single address', () => {
    const from = reading((entitlement) => {
      entitlement.requesters = { people: [mallory.email] };
    });
    expect(aNewRequest({ catalogue: from, who: mallory }).terms.requester).toMatchObject({
      groups: [mallory.email],
      claimedGroups: [],
    });
  });

  it('include a machine by its exact name, without an address', () => {
    const from = reading((entitlement, source) => {
      source.machines = {
        deployer: { issuer: aMachine.issuer, subject: aMachine.subject, account: '444455556666' },
      };
      entitlement.requesters = { machines: ['deployer'] };
    });
    expect(aNewRequest({ catalogue: from, who: aMachine }).terms.requester).toEqual({
      ...aMachine,
      groups: ['deployer'],
      claimedGroups: [],
    });
    expect(refusalOf({}, { from, who: { ...aMachine, subject: 'other' } })).toBe('not_eligible');
  });
});

describe('how long', () => {
  it.each([
    [59, 'duration_out_of_bounds'],
    [60, undefined],
    [8 * 3_600, undefined],
    [8 * 3_600 + 1, 'duration_out_of_bounds'],
    [0, 'duration_out_of_bounds'],
    [-60, 'duration_out_of_bounds'],
    [Number.NaN, 'duration_out_of_bounds'],
    [Number.POSITIVE_INFINITY, 'duration_out_of_bounds'],
  ])('%d seconds: %s', (durationSeconds, refused) => {
    expect(refusalOf({ durationSeconds })).toBe(refused);
  });

  it('is the default when nothing is said', () => {
    expect(aNewRequest().terms.durationSeconds).toBe(3_600);
  });

  it('is bounded by the entitlement alone: the longest of one never leaks to another', () => {
    expect(
      refusalOf({ entitlement: 'orders-item', parameters: { order: '1' }, durationSeconds: 2 * 3_600 }),
    ).toBeUndefined();
    expect(
      refusalOf({ entitlement: 'orders-item', parameters: { order: '1' }, durationSeconds: 2 * 3_600 + 1 }),
    ).toBe('duration_out_of_bounds');
  });
});

describe('why', () => {
  it('takes as many characters as the entitlement wants', () => {
    expect(refusalOf({ justification: 'x'.repeat(14) })).toBe('justification_too_short');
    expect(refusalOf({ justification: 'x'.repeat(15) })).toBeUndefined();
  });

  it.each([
    ['zero-width characters', `${'x'.repeat(14)}${'\u200b'.repeat(50)}`],
    ['blanks', `x${' '.repeat(50)}x`],
    ['empty lines', `x${'\n'.repeat(50)}x`],
    ['marks stacked on a letter', `x${'\u0301'.repeat(50)}`],
  ])('counts what the approver can see: not %s', (_, justification) => {
    expect(refusalOf({ justification })).toBe('justification_too_short');
  });
});

describe('a ticket', () => {
  it.each([
    [undefined, undefined],
    ['INC-1', undefined],
    ['CHG-20261122', undefined],
    ['INC-', 'ticket_invalid'],
    ['inc-1', 'ticket_invalid'],
    ['INC-1 ', 'ticket_invalid'],
    ['xINC-1', 'ticket_invalid'],
    ['INC-1\n', 'ticket_invalid'],
    ['INC-1\nCHG-2', 'ticket_invalid'],
    ['', 'ticket_invalid'],
  ])('%j: %s', (ticket, refused) => {
    expect(refusalOf({ ticket })).toBe(refused);
  });

  it('is required where the entitlement says so', () => {
    const from = reading((entitlement) => {
      entitlement.ticket = { pattern: 'INC-[0-9]+', required: true };
    });
    expect(refusalOf({}, { from })).toBe('ticket_required');
    expect(refusalOf({ ticket: 'INC-7' }, { from })).toBeUndefined();
    expect(refusalOf({ ticket: 'INC-7x' }, { from })).toBe('ticket_invalid');
  });

  it.each(['INC-1;drop', 'INC,1', 'INC#1', 'ÏNC-1', 'INC\t1', 'x'.repeat(65), '<b>'])(
    'keeps to what an STS tag takes even without a pattern: not %j',
    (ticket) => {
      const from = reading((entitlement) => {
        delete entitlement.ticket;
      });
      expect(refusalOf({ ticket }, { from })).toBe('ticket_invalid');
      expect(refusalOf({ ticket: 'PROJ 1_.:/=+-@' }, { from })).toBeUndefined();
      expect(refusalOf({ ticket: 'x'.repeat(64) }, { from })).toBeUndefined();
    },
  );
});

describe('a start', () => {
  it.each([
    [-1, 'start_out_of_bounds'],
    [0, 'start_out_of_bounds'],
    [1, undefined],
    [30 * 86_400, undefined],
    [30 * 86_400 + 1, 'start_out_of_bounds'],
  ])('%d s from now: %s', (seconds, refused) => {
    expect(refusalOf({ startAt: addSeconds(madeAt, seconds) })).toBe(refused);
  });

  it('stands in the terms and in the session policy', () => {
    const startAt = addSeconds(madeAt, 600);
    const { terms } = aNewRequest({ wish: { startAt } });
    expect(terms.startAt).toBe(startAt);
    expect(JSON.parse(terms.sessionPolicy).Statement[1]).toEqual({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:CurrentTime': startAt } },
    });
  });
});

describe('parameters', () => {
  const item = (parameters: Record<string, string>) => refusalOf({ entitlement: 'orders-item', parameters });

  it('that are required have to be there, and none that is not declared', () => {
    expect(item({})).toBe('parameter_invalid');
    expect(item({ order: '1001' })).toBeUndefined();
    expect(item({ order: '1001', table: 'x' })).toBe('parameter_invalid');
    expect(item({ order: '1001', constructor: 'x' })).toBe('parameter_invalid');
    expect(item(JSON.parse('{"order":"1001","__proto__":"x"}'))).toBe('parameter_invalid');
    expect(refusalOf({ parameters: { order: '1001' } })).toBe('parameter_invalid');
  });

  it('that are inherited are not there', () => {
    expect(item(Object.create({ order: '1001' }))).toBe('parameter_invalid');
  });

  it('that are refused say why', () => {
    expect(ask({ entitlement: 'orders-item', parameters: { order: '*' } })).toMatchObject({
      refused: 'parameter_invalid',
      detail: expect.stringContaining('order'),
    });
  });
});

describe('approvers', () => {
  it('have to be enough, the requester not among them', () => {
    const alone = reading((entitlement) => {
      entitlement.requesters = { groups: ['orders-leads'] };
      entitlement.approval = [{ count: 2, from: { groups: ['orders-leads'] } }];
      delete entitlement.escalation;
    });
    expect(refusalOf({}, { from: alone, who: bob })).toBe('no_approver');
    const empty = reading((entitlement, source) => {
      source.groups['orders-leads'] = [];
      delete entitlement.escalation;
    });
    expect(refusalOf({}, { from: empty })).toBe('no_approver');
  });

  it('of a machine have to be others than who runs it', () => {
    const owned = (...owners: string[]) =>
      reading((entitlement, source) => {
        const { issuer, subject } = aMachine;
        source.machines = { deployer: { issuer, subject, account: '444455556666', owners } };
        entitlement.requesters = { machines: ['deployer'] };
        delete entitlement.escalation;
      });
    expect(refusalOf({}, { from: owned(bob.email), who: aMachine })).toBeUndefined();
    expect(refusalOf({}, { from: owned(bob.email, carol.email), who: aMachine })).toBe('no_approver');
  });

  it('that the escalation adds are enough', () => {
    const empty = reading((_, source) => {
      source.groups['orders-leads'] = [];
    });
    expect(refusalOf({}, { from: empty })).toBeUndefined();
  });

  it('are not needed where there are no rules: the window is known at once', () => {
    const automatic = reading((entitlement) => {
      entitlement.approval = [];
    });
    expect(aNewRequest({ catalogue: automatic }).window).toEqual({
      startsAt: madeAt,
      endsAt: '2026-11-22T11:00:00Z',
    });
    const startAt = addSeconds(madeAt, 600);
    expect(aNewRequest({ catalogue: automatic, wish: { startAt } }).window?.startsAt).toBe(startAt);
  });
});

describe('break-glass', () => {
  const admin = (wish: Partial<Wish> = {}, who: Identity = bob) =>
    refusalOf({ entitlement: 'orders-admin', breakGlass: true, ...wish }, { who });

  it('is for those it names, at once and shorter', () => {
    const { terms, window } = aNewRequest({
      who: bob,
      wish: { entitlement: 'orders-admin', breakGlass: true },
    });
    expect(terms).toMatchObject({
      breakGlass: true,
      durationSeconds: 1_800,
      requester: { groups: ['orders-leads'] },
    });
    expect(window).toEqual({ startsAt: madeAt, endsAt: '2026-11-22T10:30:00Z' });
    expect(admin({}, carol)).toBeUndefined();
    for (const who of [alice, dave, mallory]) expect(admin({}, who)).toBe('not_eligible');
  });

  it('lasts at most its own duration, though the entitlement would allow more', () => {
    expect(admin({ durationSeconds: 1_800 })).toBeUndefined();
    expect(admin({ durationSeconds: 1_801 })).toBe('duration_out_of_bounds');
  });

  it('starts at once', () => {
    expect(admin({ startAt: addSeconds(madeAt, 60) })).toBe('start_out_of_bounds');
  });

  const leadsAre = (leads: string[], security: string[] = []): Catalogue =>
    aCatalogue((source) => {
      Object.assign(source.groups, { 'orders-leads': leads, security });
      entitlementIn(source, 'orders-admin').escalation = { after: 'PT30M', to: { people: [trent.email] } };
    });
  const breaking = { entitlement: 'orders-admin', breakGlass: true };

  it('is refused when nobody but the requester could review it, under any address', () => {
    for (const leads of [[bob.email], [bob.email, 'bob+oncall@example.com']])
      expect(refusalOf(breaking, { who: bob, from: leadsAre(leads) })).toBe('no_approver');
    const aliased = leadsAre([bob.email, 'robert@example.net']);
    aliased.people = [[bob.email, 'robert@example.net']];
    expect(refusalOf(breaking, { who: bob, from: aliased })).toBe('no_approver');
  });

  it('needs one other approver, of any rule, from the start: whom the escalation adds comes later', () => {
    expect(refusalOf(breaking, { who: bob, from: leadsAre([bob.email, carol.email]) })).toBeUndefined();
    expect(refusalOf(breaking, { who: bob, from: leadsAre([bob.email], [dave.email]) })).toBeUndefined();
    expect(refusalOf(breaking, { who: bob, from: leadsAre([bob.email]) })).toBe('no_approver');
  });

  it('is not to be had where the entitlement has none', () => {
    expect(refusalOf({ breakGlass: true })).toBe('no_break_glass');
  });
});

describe('the session policy', () => {
  it('is checked against what STS takes when the request is made, not when it is issued', () => {
    const parsed = aCatalogue();
    const entry = entryOf(parsed, 'orders-read');
    // The catalogue would refuse this entry; the request is checked all the same.
    entry.entitlement.policy = [
      {
        Effect: 'Allow',
        Action: Array.from({ length: 100 }, (_, index) => `dynamodb:GetItem${index}`),
        Resource: '*',
      },
    ];
    expect(refusalOf({}, { from: parsed })).toBe('policy_too_large');
  });

  it('is bound to the address the request came from, where the entitlement says so', () => {
    const bound = reading((entitlement) => {
      entitlement.bindSourceIp = true;
    });
    const { terms } = aNewRequest({ catalogue: bound, sourceIp: '198.51.100.9' });
    expect(terms.sessionPolicy).toContain('"NotIpAddress":{"aws:SourceIp":"198.51.100.9"}');
    expect(terms.sourceIp).toBe('198.51.100.9');
    const free = aNewRequest({ sourceIp: '198.51.100.9' }).terms;
    expect(free).not.toHaveProperty('sourceIp');
    expect(JSON.stringify(free)).not.toContain('198.51.100.9');
  });
});
