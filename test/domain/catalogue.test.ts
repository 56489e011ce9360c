import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import { addressesOf, type Catalogue, membershipOf } from '#domain/catalogue.ts';
import { parseCatalogue } from '#domain/catalogueSchema.ts';
import { defaultDurationOf, roleArnOf } from '#domain/entitlement.ts';
import cases from '../cases/catalogueFaults.json' with { type: 'json' };
import {
  aCatalogue,
  aCatalogueSource,
  alice,
  aMachine,
  anEntitlement,
  bob,
  type CatalogueSource,
  entitlementIn,
  entryOf,
  mallory,
} from '../support/builders.ts';

/** A case of the table: what is set where, the path that the fault is found by, and what it says. */
interface CatalogueFault {
  fault: string;
  set: Record<string, unknown>;
  names: string;
  says?: string;
}

/** Puts a value at a dotted path; an entitlement id with dots would need another notation. */
function put(document: unknown, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((node, key) => Reflect.get(Object(node), key), document);
  Reflect.set(Object(parent), last, value);
}

function issuesOf(source: unknown): { path: string; message: string }[] {
  try {
    parseCatalogue(source);
    return [];
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    return error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  }
}

const faultsOf = (source: unknown): string[] => issuesOf(source).map(({ path }) => path);

describe("the repository's own catalogue", () => {
  it('has no fault', () => {
    expect(faultsOf(aCatalogueSource())).toEqual([]);
  });

  it('names each entitlement with its account, its role and a digest', () => {
    const entry = entryOf(aCatalogue(), 'orders-read');
    expect(entry.account).toEqual({ id: '111122223333', title: 'Production' });
    expect(roleArnOf(entry)).toBe('arn:aws:iam::111122223333:role/countersign-orders-read');
    expect(entry.entitlementDigest).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('a catalogue is refused, by the path of its fault, for', () => {
  it.each<CatalogueFault>(cases)('$fault', ({ set, names, says = '' }) => {
    const source = aCatalogueSource();
    for (const [path, value] of Object.entries(set)) put(source, path, value);
    expect(issuesOf(source)).toContainEqual({ path: names, message: expect.stringContaining(says) });
  });

  it('the same name for a fault in each of two entries, by the path of each', () => {
    const source = aCatalogueSource();
    for (const id of ['orders-admin', 'orders-item']) entitlementIn(source, id).role = 'orders-read';
    expect(faultsOf(source)).toEqual(['entitlements.orders-admin.role', 'entitlements.orders-item.role']);
  });

  it('a session policy that STS could not take with the longest parameter values', () => {
    const source = aCatalogueSource();
    entitlementIn(source, 'orders-read').policy = [
      {
        Effect: 'Allow',
        Action: Array.from({ length: 100 }, (_, index) => `dynamodb:GetItem${index}`),
        Resource: '*',
      },
    ];
    expect(faultsOf(source)).toEqual(['entitlements.orders-read.policy']);
  });

  it('every machine of a target account, not only the first', () => {
    const source = aCatalogueSource();
    const machine = { issuer: 'https://tokens.example.com', subject: 'system', account: '111122223333' };
    source.machines = { one: machine, two: machine, elsewhere: { ...machine, account: '444455556666' } };
    expect(faultsOf(source)).toEqual(['machines.one', 'machines.two']);
  });

  it.each([null, undefined, 'version: 1', 42, [], {}])('being %j', (source) => {
    expect(faultsOf(source).length).toBeGreaterThan(0);
  });

  it('several faults at once, each by its own path', () => {
    const source = aCatalogueSource();
    entitlementIn(source, 'orders-read').maxDuration = 'P8D';
    entitlementIn(source, 'orders-admin').policy = [];
    expect(faultsOf(source)).toEqual(
      expect.arrayContaining(['entitlements.orders-read.maxDuration', 'entitlements.orders-admin.policy']),
    );
  });
});

describe('limits of a catalogue, taken to the second', () => {
  it.each([
    ['maxDuration', 'PT1M'],
    ['maxDuration', 'P7D'],
    ['defaultDuration', 'PT2H'],
    ['sessionDuration', 'PT15M'],
    ['sessionDuration', 'PT1H'],
    ['expiresAfter', 'PT1M'],
    ['expiresAfter', 'P7D'],
  ])('%s may be %s', (key, value) => {
    const source = aCatalogueSource();
    put(source, `entitlements.orders-item.${key}`, value);
    expect(faultsOf(source)).toEqual([]);
  });

  it.each([
    ['PT15M', 'P1DT9H20M', 'P1DT9H20M1S'],
    ['PT20M', 'P2DT2H', 'P2DT2H1S'],
    ['PT1H', 'P7D', undefined],
  ])('sessions of %s are enough for %s: at most 200 of them', (sessionDuration, taken, refused) => {
    const faultsFor = (maxDuration: string): string[] => {
      const source = aCatalogueSource();
      Object.assign(entitlementIn(source, 'orders-item'), { sessionDuration, maxDuration });
      return faultsOf(source);
    };
    expect(faultsFor(taken)).toEqual([]);
    if (refused) expect(faultsFor(refused)).toEqual(['entitlements.orders-item.sessionDuration']);
  });

  it('an escalation may come in the last second before the expiry', () => {
    const source = aCatalogueSource();
    put(source, 'entitlements.orders-read.escalation.after', 'PT3H59M59S');
    expect(faultsOf(source)).toEqual([]);
  });

  it('a break-glass may last a minute, or as long as the longest duration', () => {
    for (const duration of ['PT1M', 'PT4H']) {
      const source = aCatalogueSource();
      put(source, 'entitlements.orders-admin.breakGlass.duration', duration);
      expect(faultsOf(source), duration).toEqual([]);
    }
  });

  it('an entitlement id may have 40 characters', () => {
    const source = aCatalogueSource();
    const id = `o${'-reads'.repeat(6)}-it`.padEnd(40, 'x');
    source.entitlements[id] = { ...entitlementIn(source, 'orders-read'), role: 'another' };
    expect(id).toHaveLength(40);
    expect(faultsOf(source)).toEqual([]);
  });
});

describe('a catalogue takes', () => {
  const taken: [string, (source: CatalogueSource) => void][] = [
    [
      'managed policies of AWS, also under a path',
      (source) => {
        entitlementIn(source, 'orders-read').managedPolicies = [
          'arn:aws:iam::aws:policy/ReadOnlyAccess',
          'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess',
        ];
      },
    ],
    [
      'one role name in two accounts',
      (source) => {
        source.targets.staging = { account: '222233334444', title: 'Staging' };
        Object.assign(entitlementIn(source, 'orders-item'), { target: 'staging', role: 'orders-read' });
      },
    ],
    [
      'several people, one of them by an address and the same with a +tag',
      (source) => {
        source.people = [
          ['a@example.com', 'a+lead@example.com', 'a@example.net'],
          ['b@example.com', 'b@example.net'],
        ];
      },
    ],
    [
      'a policy with policy variables, which are no placeholders',
      (source) => {
        put(
          source,
          'entitlements.orders-read.policy.0.Resource',
          ['arn:aws:s3:::orders/$', '{aws:PrincipalTag/team}/*'].join(''),
        );
      },
    ],
    [
      'conditions of every kind, and the variables that stand for a character',
      (source) => {
        Object.assign(entitlementIn(source, 'orders-read').policy[0] ?? {}, {
          Resource: ['arn:aws:s3:::orders/$', '{*}/$', "{aws:PrincipalTag/team, 'none'}"].join(''),
          Condition: {
            'ForAllValues:StringNotEqualsIgnoreCase': { 'aws:TagKeys': 'x' },
            DateLessThanEqualsIfExists: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' },
            ArnNotLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::x' },
            Null: { 'accounts.google.com:aud': 'true' },
          },
        });
      },
    ],
    [
      'a narrowing by another parameter that is required',
      (source) => {
        const { order } = entitlementIn(source, 'orders-item').parameters ?? {};
        if (!order) throw new Error('The sample has the parameter.');
        const narrow = [
          { Action: 'dynamodb:GetItem', NotResource: 'arn:aws:dynamodb:*:*:table/{order}-{part}' },
        ];
        entitlementIn(source, 'orders-item').parameters = {
          order: { ...order, narrow },
          part: { title: 'Part', narrow },
        };
      },
    ],
  ];
  it.each(taken)('%s', (_, edit) => {
    const source = aCatalogueSource();
    edit(source);
    expect(faultsOf(source)).toEqual([]);
  });
});

describe('the digest of an entry', () => {
  const digestAfter = (edit: (source: ReturnType<typeof aCatalogueSource>) => void): string =>
    entryOf(aCatalogue(edit), 'orders-read').entitlementDigest;
  const original = digestAfter(() => {});

  it.each<[string, string, unknown]>([
    ['its title', 'entitlements.orders-read.title', 'Other'],
    ['its role', 'entitlements.orders-read.role', 'orders-reader'],
    ['its policy', 'entitlements.orders-read.policy.0.Action', ['dynamodb:GetItem']],
    [
      'its managed policies',
      'entitlements.orders-read.managedPolicies',
      ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    ],
    ['its requesters', 'entitlements.orders-read.requesters.people', ['mallory@example.com']],
    ['its approval rules', 'entitlements.orders-read.approval.0.count', 2],
    ['its escalation', 'entitlements.orders-read.escalation.after', 'PT31M'],
    ['its expiry', 'entitlements.orders-read.expiresAfter', 'PT5H'],
    ['its longest duration', 'entitlements.orders-read.maxDuration', 'PT9H'],
    ['its ticket rule', 'entitlements.orders-read.ticket.required', true],
    ['its source address binding', 'entitlements.orders-read.bindSourceIp', true],
    ['its chaining', 'entitlements.orders-read.allowChaining', true],
    ['the account of its target', 'targets.production.account', '222233334444'],
    ['the title of its target', 'targets.production.title', 'Staging'],
  ])('changes with %s', (_, path, value) => {
    expect(digestAfter((source) => put(source, path, value))).not.toBe(original);
  });

  it('stays when another entry, a group or the order of keys changes', () => {
    const digest = digestAfter((source) => {
      entitlementIn(source, 'orders-admin').title = 'Other';
      source.groups['orders-team'] = ['mallory@example.com'];
      const { title, ...rest } = entitlementIn(source, 'orders-read');
      source.entitlements['orders-read'] = { ...rest, title };
    });
    expect(digest).toBe(original);
  });

  it('differs between two entries that say the same', () => {
    const catalogue = aCatalogue((source) => {
      source.entitlements['orders-copy'] = { ...entitlementIn(source, 'orders-read'), role: 'orders-copy' };
    });
    expect(entryOf(catalogue, 'orders-copy').entitlementDigest).not.toBe(original);
  });

  it('of the whole catalogue covers groups and people too: it is evidence in every request', () => {
    const whole = aCatalogue().digest;
    expect(aCatalogue((source) => put(source, 'groups.security', ['erin@example.com'])).digest).not.toBe(
      whole,
    );
    expect(
      aCatalogue((source) => put(source, 'people', [['a@example.com', 'b@example.com']])).digest,
    ).not.toBe(whole);
    expect(aCatalogue().digest).toBe(whole);
  });
});

describe('membership', () => {
  const machine = { issuer: aMachine.issuer, subject: aMachine.subject, account: '444455556666' };
  const catalogue: Catalogue = aCatalogue((source) => {
    source.machines = { deployer: machine };
  });
  const people = (over: Partial<{ groups: string[]; people: string[]; machines: string[] }>) => ({
    groups: [],
    people: [],
    machines: [],
    ...over,
  });

  it('comes from a group of the catalogue, from the own address, or from both', () => {
    expect(membershipOf(catalogue, people({ groups: ['orders-team'] }), alice)).toEqual(['orders-team']);
    expect(membershipOf(catalogue, people({ people: [alice.email] }), alice)).toEqual([alice.email]);
    expect(
      membershipOf(catalogue, people({ groups: ['orders-team'], people: [alice.email] }), alice),
    ).toEqual(['orders-team', alice.email]);
  });

  it("comes from the token's claim, by the exact name of the group", () => {
    const claiming = (group: string) =>
      membershipOf(catalogue, people({ groups: ['orders-team'] }), { ...mallory, groups: [group] });
    expect(claiming('orders-team')).toEqual(['orders-team']);
    for (const lookAlike of [
      'Orders-Team',
      'orders-team ',
      '[orders-team]',
      'orders-team,security',
      'orders',
    ])
      expect(claiming(lookAlike)).toEqual([]);
  });

  it('is empty for a stranger, for an empty group and for one that is gone', () => {
    expect(membershipOf(catalogue, people({ groups: ['orders-team'] }), mallory)).toEqual([]);
    expect(membershipOf(catalogue, people({ groups: ['gone'] }), alice)).toEqual([]);
    expect(addressesOf(catalogue, people({ groups: ['gone'] })).size).toBe(0);
  });

  it('of a machine is by its exact issuer and subject', () => {
    const named = people({ machines: ['deployer'] });
    expect(membershipOf(catalogue, named, aMachine)).toEqual(['deployer']);
    expect(membershipOf(catalogue, named, { ...aMachine, subject: `${aMachine.subject}2` })).toEqual([]);
    expect(membershipOf(catalogue, named, { ...aMachine, issuer: 'https://evil.example.com' })).toEqual([]);
    expect(membershipOf(catalogue, people({ machines: ['gone'] }), aMachine)).toEqual([]);
  });

  it('of a person is never a machine’s, and the other way round', () => {
    const named = people({ groups: ['orders-team'], people: [alice.email], machines: ['deployer'] });
    expect(
      membershipOf(catalogue, people({ machines: ['deployer'] }), {
        ...alice,
        issuer: aMachine.issuer,
        subject: aMachine.subject,
      }),
    ).toEqual([]);
    expect(
      membershipOf(catalogue, named, { kind: 'machine', issuer: alice.issuer, subject: alice.subject }),
    ).toEqual([]);
  });

  it('of approvers is by address alone', () => {
    expect(addressesOf(catalogue, people({ groups: ['orders-leads'], people: ['x@example.com'] }))).toEqual(
      new Set(['x@example.com', bob.email, 'carol@example.com']),
    );
  });
});

describe('a request that names no duration', () => {
  it('gets the default, or an hour, or the longest if that is less', () => {
    expect(defaultDurationOf(anEntitlement('orders-read'))).toBe(3_600);
    expect(defaultDurationOf(anEntitlement('orders-admin'))).toBe(3_600);
    const short = (source: ReturnType<typeof aCatalogueSource>) =>
      put(source, 'entitlements.orders-item.maxDuration', 'PT20M');
    expect(defaultDurationOf(anEntitlement('orders-item', short))).toBe(1_200);
  });
});
