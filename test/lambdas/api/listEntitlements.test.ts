import { describe, expect, test } from 'vitest';
import { listEntitlements } from '#lambdas/api/listEntitlements.ts';
import { entitlementList } from '#lambdas/api/responses.ts';
import { aCatalogue, alice, aMachine, bob, type CatalogueSource } from '../../support/builders.ts';

/** Who would be asked for orders-read, rule by rule. */
function approvalOf(who: Parameters<typeof listEntitlements>[1], edit?: (source: CatalogueSource) => void) {
  const answer = listEntitlements(aCatalogue(edit), who);
  expect(entitlementList.safeParse(answer).error?.issues).toBeUndefined();
  return answer.items.find(({ id }) => id === 'orders-read')?.approval;
}

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `lead${index + 1}@example.com`);

describe('Who would be asked', () => {
  test('is everybody that the rule names', () => {
    expect(approvalOf(alice)).toEqual([{ count: 1, from: ['bob@example.com', 'carol@example.com'] }]);
  });

  test('leaves out the caller, under every address of theirs', () => {
    const edit = (source: CatalogueSource): void => {
      source.groups['orders-team']?.push('bob@example.com');
      source.groups['orders-leads']?.push('robert@example.com', 'bob+work@example.com');
      source.people = [['bob@example.com', 'robert@example.com']];
    };
    expect(approvalOf(bob, edit)).toEqual([{ count: 1, from: ['carol@example.com'] }]);
    expect(approvalOf(alice, edit)?.[0]?.from).toHaveLength(4);
  });

  test('leaves out who runs the machine that asks', () => {
    const edit = (source: CatalogueSource): void => {
      const { issuer, subject } = aMachine;
      source.machines = {
        deployer: { issuer, subject, account: '444455556666', owners: ['carol@example.com'] },
      };
      const orders = source.entitlements['orders-read'];
      if (orders) orders.requesters = { machines: ['deployer'] };
    };
    expect(approvalOf(aMachine, edit)).toEqual([{ count: 1, from: ['bob@example.com'] }]);
  });

  test('shows that nobody is left', () => {
    const edit = (source: CatalogueSource): void => {
      source.groups['orders-leads'] = [];
    };
    expect(approvalOf(alice, edit)).toEqual([{ count: 1, from: [] }]);
  });

  test.each([
    [10, undefined],
    [11, 1],
    [3_000, 2_990],
  ])('of %i people are ten and a number', (people, more) => {
    const edit = (source: CatalogueSource): void => {
      source.groups['orders-leads'] = many(people);
    };
    const [rule] = approvalOf(alice, edit) ?? [];
    expect(rule).toEqual({ count: 1, from: many(10), ...(more !== undefined && { more }) });
  });
});
