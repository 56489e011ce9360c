import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approverRefusal,
  approversOf,
  candidatesOfRules,
  isEscalated,
  rulesAreMet,
  rulesCanBeMet,
} from '#domain/approvalRules.ts';
import { addSeconds } from '#domain/instant.ts';
import cases from '../cases/approvalRules.json' with { type: 'json' };
import {
  aCatalogue,
  alice,
  aMachine,
  approverOf,
  aRequest,
  bob,
  carol,
  dave,
  entitlementIn,
  entryOf,
  erin,
  madeAt,
  mallory,
} from '../support/builders.ts';

const { groups, people, requester, createdAt } = cases;
const whoIsWho = { groups, people, machines: {} };
const requesterPerson = { issuer: 'https://sso.example.com', subject: 'user-alice', email: requester };
const approverNamed = (email: string) => ({
  issuer: 'https://sso.example.com',
  subject: `user-${email}`,
  email,
});

interface Rule {
  count: number;
  groups?: string[];
  people?: string[];
}
const named = ({ groups = [], people = [] }: Omit<Rule, 'count'>) => ({ groups, people, machines: [] });
const rulesFrom = (approval: Rule[], escalation?: { after: number; groups: string[] }) => ({
  approval: approval.map(({ count, ...from }) => ({ count, from: named(from) })),
  ...(escalation && { escalation: { after: escalation.after, to: named(escalation) } }),
});
const termsOf = {
  requester: { kind: 'human' as const, ...requesterPerson, groups: ['team'], claimedGroups: [] },
  createdAt,
};
const areMet = (rules: ReturnType<typeof rulesFrom>, approvers: string[], decidedAt: string): boolean =>
  rulesAreMet(whoIsWho, rules as never, {
    terms: termsOf,
    approvals: approvers.map((email) => ({ approver: approverNamed(email), decidedAt })),
  });

describe('approval rules', () => {
  it.each(cases.cases)('$policy', ({ approval, escalation, approvals, at, met }) => {
    expect(
      areMet(rulesFrom(approval as Rule[], escalation), approvals, at ?? addSeconds(createdAt, 60)),
    ).toBe(met);
  });

  it('are judged for each approver at the time of their own decision', () => {
    const rules = rulesFrom([{ count: 2, groups: ['leads'] }], { after: 1_800, groups: ['security'] });
    const approvals = (at: string) => [
      { approver: approverNamed('erin@example.com'), decidedAt: at },
      { approver: approverNamed('bob@example.com'), decidedAt: '2026-11-22T11:00:00Z' },
    ];
    expect(
      rulesAreMet(whoIsWho, rules as never, { terms: termsOf, approvals: approvals('2026-11-22T10:29:59Z') }),
    ).toBe(false);
    expect(
      rulesAreMet(whoIsWho, rules as never, { terms: termsOf, approvals: approvals('2026-11-22T10:30:00Z') }),
    ).toBe(true);
  });

  it('count the requester for nothing when only issuer and subject give them away', () => {
    const disguised = { ...requesterPerson, email: 'bob@example.com' };
    const rules = rulesFrom([{ count: 1, groups: ['leads'] }]);
    expect(
      rulesAreMet(whoIsWho, rules as never, {
        terms: termsOf,
        approvals: [{ approver: disguised, decidedAt: createdAt }],
      }),
    ).toBe(false);
  });

  it('agree with dealing out every approval to every rule by brute force, in any order, and more approvals never hurt', () => {
    const addresses = [
      'bob@example.com',
      'carol@example.com',
      'erin@example.com',
      'frank@example.com',
      'robert@example.net',
      requester,
      'mallory@example.com',
    ];
    const rule = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      groups: fc.uniqueArray(fc.constantFrom('leads', 'security', 'both', 'own', 'empty'), {
        minLength: 1,
        maxLength: 2,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 3 }),
        fc.shuffledSubarray(addresses),
        fc.constantFrom(...addresses),
        (approval, approvers, extra) => {
          const rules = rulesFrom(approval);
          const met = areMet(rules, approvers, createdAt);
          expect(met).toBe(bruteForce(approval, approvers));
          // Of one person's two addresses only the first to decide counts, so there the order matters.
          const twice = approvers.includes('bob@example.com') && approvers.includes('robert@example.net');
          if (!twice) expect(areMet(rules, approvers.toReversed(), createdAt)).toBe(met);
          return !met || areMet(rules, [...approvers, extra], createdAt);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Independent of the code under test: tries every way to give each seat a person of its own. */
function bruteForce(approval: { count: number; groups: string[] }[], approvers: string[]): boolean {
  const personOf: Record<string, string> = {
    'robert@example.net': 'bob@example.com',
    'am@example.net': requester,
    'alice+lead@example.com': requester,
  };
  // Of two addresses of one person the first to decide counts, as `decideRequest` refuses the second.
  const seen = new Set<string>([requester]);
  const distinct = approvers.filter((email) => {
    const person = personOf[email] ?? email;
    return !seen.has(person) && seen.add(person);
  });
  const members: Record<string, string[]> = groups;
  const fill = (seats: string[][], free: string[]): boolean => {
    const [seat, ...rest] = seats;
    return (
      !seat ||
      free.some(
        (email) =>
          seat.includes(email) &&
          fill(
            rest,
            free.filter((other) => other !== email),
          ),
      )
    );
  };
  return fill(
    approval.flatMap(({ count, groups: names }) =>
      Array<string[]>(count).fill(names.flatMap((name) => members[name] ?? [])),
    ),
    distinct,
  );
}

describe('candidates', () => {
  const candidates = (escalated: boolean) =>
    candidatesOfRules(
      whoIsWho,
      rulesFrom([{ count: 1, groups: ['leads', 'own'] }], { after: 60, groups: ['security'] }) as never,
      { requester: requesterPerson, escalated },
    );

  it('leave out the requester under every address', () => {
    expect(candidates(false)).toEqual([new Set(groups.leads)]);
  });

  it('grow by the escalation, never shrink', () => {
    expect(candidates(true)).toEqual([new Set([...groups.leads, ...groups.security])]);
  });

  it('are escalated from the very second on', () => {
    const rules = rulesFrom([], { after: 60, groups: ['security'] });
    expect(isEscalated(rules as never, createdAt, addSeconds(createdAt, 59))).toBe(false);
    expect(isEscalated(rules as never, createdAt, addSeconds(createdAt, 60))).toBe(true);
    expect(isEscalated(rulesFrom([]) as never, createdAt, addSeconds(createdAt, 9_999_999))).toBe(false);
  });
});

describe('rules that could never be met', () => {
  it.each<[string, Rule[], boolean]>([
    ['a rule of two people, one of whom asks', [{ count: 1, groups: ['leads'] }], true],
    ['a group that holds the requester alone', [{ count: 1, groups: ['own'] }], false],
    ['an empty group', [{ count: 1, groups: ['empty'] }], false],
    ['more approvals than people', [{ count: 3, groups: ['leads'] }], false],
    [
      'two addresses of one person for two seats',
      [{ count: 2, people: ['bob@example.com', 'robert@example.net'] }],
      false,
    ],
    [
      'one person for two rules',
      [
        { count: 1, people: ['bob@example.com'] },
        { count: 1, people: ['bob@example.com'] },
      ],
      false,
    ],
    ['no rule at all', [], true],
  ])('%s', (_, approval, canBe) => {
    expect(rulesCanBeMet(whoIsWho, rulesFrom(approval) as never, requesterPerson)).toBe(canBe);
  });

  it('count the people that the escalation adds', () => {
    expect(
      rulesCanBeMet(
        whoIsWho,
        rulesFrom([{ count: 3, groups: ['leads'] }], { after: 60, groups: ['security'] }) as never,
        requesterPerson,
      ),
    ).toBe(true);
  });

  it('agree with what approvals by everybody would meet', () => {
    const rule = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      groups: fc.uniqueArray(fc.constantFrom('leads', 'security', 'both', 'own', 'empty'), {
        minLength: 1,
        maxLength: 2,
      }),
    });
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), (approval) => {
        const everybody = [...new Set(Object.values(groups).flat())];
        return (
          rulesCanBeMet(whoIsWho, rulesFrom(approval) as never, requesterPerson) ===
          areMet(rulesFrom(approval), everybody, createdAt)
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('who may decide now', () => {
  const catalogue = aCatalogue((source) => {
    source.people = [[alice.email, 'alice@partner.example.org']];
    entitlementIn(source, 'orders-read').approval = [
      {
        count: 1,
        from: { groups: ['orders-leads'], people: ['alice@partner.example.org', 'alice+lead@example.com'] },
      },
    ];
  });
  const request = aRequest({ catalogue });
  const entry = entryOf(catalogue, 'orders-read');
  const refusalOf = (approver: typeof alice, at = madeAt) =>
    approverRefusal(catalogue, entry, { terms: request.terms, approver: approverOf(approver), at })?.refused;

  it('are the people the rules name', () => {
    expect(approversOf(catalogue, entry, request.terms, madeAt)).toEqual([bob.email, carol.email]);
    expect(refusalOf(bob)).toBeUndefined();
  });

  it('are not the requester: by token, by +tag, by an address that people: lists', () => {
    expect(refusalOf(alice)).toBe('own_request');
    expect(refusalOf({ ...alice, email: bob.email })).toBe('own_request');
    expect(refusalOf({ ...alice, subject: 'other', email: 'alice+lead@example.com' })).toBe('own_request');
    expect(
      refusalOf({
        ...alice,
        issuer: 'https://other.example.com',
        subject: 'other',
        email: 'alice@partner.example.org',
      }),
    ).toBe('own_request');
  });

  it('are not strangers, colleagues of the requester, nor a token’s claim to be a lead', () => {
    expect(refusalOf(mallory)).toBe('not_an_approver');
    expect(refusalOf(dave)).toBe('not_an_approver');
    expect(refusalOf({ ...mallory, groups: ['orders-leads'] })).toBe('not_an_approver');
  });

  it('are the people of the escalation from then on', () => {
    expect(refusalOf(erin, '2026-11-22T10:29:59Z')).toBe('not_an_approver');
    expect(refusalOf(erin, '2026-11-22T10:30:00Z')).toBeUndefined();
  });

  const askedByMachine = (owners: string[], people: string[][] = []) =>
    aCatalogue((source) => {
      const { issuer, subject } = aMachine;
      source.machines = { deployer: { issuer, subject, account: '444455556666', owners } };
      source.people = people;
      entitlementIn(source, 'orders-read').requesters = { machines: ['deployer'] };
    });
  const approversWhen = (asked: ReturnType<typeof askedByMachine>) =>
    approversOf(
      asked,
      entryOf(asked, 'orders-read'),
      aRequest({ catalogue: asked, who: aMachine }).terms,
      madeAt,
    );

  it('include whoever did not ask, when a machine asks', () => {
    expect(approversWhen(askedByMachine([]))).toEqual([bob.email, carol.email]);
  });

  it('do not include who runs the machine that asks, under any address', () => {
    for (const owner of [bob.email, 'BOB@example.com', 'bob+ci@example.com', 'robert@example.net']) {
      const asked = askedByMachine([owner], [[bob.email, 'robert@example.net']]);
      expect(approversWhen(asked), owner).toEqual([carol.email]);
      const { terms } = aRequest({ catalogue: asked, who: aMachine });
      const judged = { terms, approver: approverOf(bob), at: madeAt };
      expect(approverRefusal(asked, entryOf(asked, 'orders-read'), judged)).toMatchObject({
        refused: 'own_request',
      });
      const approvals = [{ approver: approverOf(bob), decidedAt: madeAt }];
      expect(rulesAreMet(asked, entryOf(asked, 'orders-read').entitlement, { terms, approvals })).toBe(false);
    }
  });

  it('are too few when nobody is left but who runs the machine', () => {
    const { escalation: _, ...rules } = entryOf(askedByMachine([]), 'orders-read').entitlement;
    const canBeMet = (owners: string[]) => rulesCanBeMet(askedByMachine(owners), rules, aMachine);
    expect(canBeMet([bob.email])).toBe(true);
    expect(canBeMet([bob.email, carol.email])).toBe(false);
  });

  it('include the owners of a machine that does not ask', () => {
    const asked = askedByMachine([bob.email]);
    asked.entries.set('orders-read', entryOf(aCatalogue(), 'orders-read'));
    const { terms } = aRequest();
    expect(approversOf(asked, entryOf(asked, 'orders-read'), terms, madeAt)).toEqual([
      bob.email,
      carol.email,
    ]);
    const namesake = { ...terms, requester: { ...terms.requester, subject: aMachine.subject } };
    expect(approversOf(asked, entryOf(asked, 'orders-read'), namesake, madeAt)).toContain(bob.email);
  });
});
