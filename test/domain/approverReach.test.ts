import { describe, expect, it } from 'vitest';
import { approverReach } from '#domain/approverReach.ts';
import { aCatalogue, type CatalogueSource, entitlementIn, entryOf } from '../support/builders.ts';

type Edit = (source: CatalogueSource) => void;

/** What is said of an entitlement of the sample catalogue, edited: severity, what follows its id in the path, and the sentence. */
function saidOf(id: string, edit: Edit): string[] {
  const catalogue = aCatalogue(edit);
  return approverReach(catalogue, entryOf(catalogue, id)).map(
    ({ severity, path, message }) => `${severity} ${path.slice(2).join('.')} ${message}`,
  );
}

const withRules =
  (id: string, rules: [count: number, groups: string[]][], more: Edit = () => {}): Edit =>
  (source) => {
    entitlementIn(source, id).approval = rules.map(([count, groups]) => ({ count, from: { groups } }));
    delete entitlementIn(source, id).escalation;
    more(source);
  };

describe('nothing is said of the approvers of', () => {
  it.each(['orders-read', 'orders-admin', 'orders-item'])('%s of the sample catalogue', (id) => {
    expect(saidOf(id, () => {})).toEqual([]);
  });

  it('a rule that only the escalation gives enough people', () => {
    expect(
      saidOf('orders-read', (source) => {
        Object.assign(entitlementIn(source, 'orders-read'), {
          approval: [{ count: 3, from: { groups: ['orders-leads'] } }],
        });
      }),
    ).toEqual([]);
  });

  it('a group that decides on its own requests, as long as somebody else in it is left', () => {
    expect(saidOf('orders-item', withRules('orders-item', [[1, ['orders-team']]]))).toEqual([]);
  });
});

it('a team of thousands that approves its own is looked at in no time', () => {
  const edit = withRules('orders-item', [[3, ['team']]], (source) => {
    source.groups.team = Array.from({ length: 5_000 }, (_, index) => `person${index}@example.com`);
    entitlementIn(source, 'orders-item').requesters = { groups: ['team'] };
  });
  const began = performance.now();
  expect(saidOf('orders-item', edit)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(2_000);
});

describe('it is a warning that', () => {
  it('nobody has to approve', () => {
    expect(saidOf('orders-item', withRules('orders-item', []))).toEqual([
      'warning approval is empty: access without approval. Add a rule, unless that is what you want',
    ]);
  });

  it('for some requesters too few others are left, each named', () => {
    const edit = withRules('orders-admin', [[2, ['orders-leads']]], (source) => {
      delete entitlementIn(source, 'orders-admin').breakGlass;
    });
    expect(saidOf('orders-admin', edit)).toEqual([
      'warning approval cannot be met when bob@example.com or carol@example.com asks: too few others are left. Name more people',
    ]);
  });

  it('one address of the requester is the approver, and another asks', () => {
    const edit = withRules('orders-item', [[1, ['one']]], (source) => {
      source.groups.one = ['alice+lead@example.com'];
    });
    expect(saidOf('orders-item', edit)).toEqual([
      expect.stringMatching(/^warning approval cannot be met when alice@example\.com asks/),
    ]);
  });

  it('the only approver runs the machine that asks', () => {
    const edit = withRules('orders-item', [[1, ['one']]], (source) => {
      source.groups.one = ['bob@example.com'];
      source.machines = {
        deployer: {
          issuer: 'https://tokens.example.com',
          subject: 'deployer',
          account: '444455556666',
          owners: ['bob@example.com'],
        },
      };
      entitlementIn(source, 'orders-item').requesters = { groups: ['orders-team'], machines: ['deployer'] };
    });
    expect(saidOf('orders-item', edit)).toEqual([
      'warning approval cannot be met when deployer asks: too few others are left. Name more people',
    ]);
  });

  it('nobody is left to review break-glass access', () => {
    const edit = withRules('orders-admin', [[1, ['one']]], (source) => {
      source.groups.one = ['bob@example.com'];
      const entitlement = entitlementIn(source, 'orders-admin');
      entitlement.requesters = { groups: ['orders-team'] };
    });
    expect(saidOf('orders-admin', edit)).toEqual([
      'warning breakGlass leaves nobody to review it after bob@example.com: there is no other approver. Name more people in approval',
    ]);
  });
});

describe('it is a fault that', () => {
  it.each<[string, string[], string]>([
    ['names too few people', ['security'], 'wants 3 of the 2 people it names'],
    ['names an empty group', ['empty'], 'wants 3 of the 0 people it names'],
    ['names one person by two addresses', ['twice'], 'wants 3 of the 1 people it names'],
  ])('a rule %s', (_, groups, says) => {
    const edit = withRules(
      'orders-item',
      [
        [1, ['orders-leads']],
        [3, groups],
      ],
      (source) => {
        Object.assign(source.groups, { empty: [], twice: ['bob@example.com', 'bob+on-call@example.com'] });
      },
    );
    expect(saidOf('orders-item', edit)).toEqual([
      `fault approval.1 ${says}: no request can be approved. Name more people, or lower the count`,
    ]);
  });

  it('two rules name the same people, and one person counts once', () => {
    const edit = withRules('orders-item', [
      [2, ['orders-leads']],
      [1, ['orders-leads']],
    ]);
    expect(saidOf('orders-item', edit)).toEqual([
      'fault approval can never be met: one person counts once over all rules, and together they name too few. Name more people',
    ]);
  });

  it('nobody who may ask could be approved: the first names of many', () => {
    const team = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.com`);
    const edit = withRules('orders-item', [[5, ['team']]], (source) => {
      source.groups.team = team;
      entitlementIn(source, 'orders-item').requesters = { groups: ['team'] };
    });
    expect(saidOf('orders-item', edit)).toEqual([
      'fault approval can be met for nobody who may ask (a@example.com, b@example.com, c@example.com or 2 more): too few others are left. Name other approvers',
    ]);
  });
});
