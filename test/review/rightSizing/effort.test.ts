import { describe, expect, test } from 'vitest';
import type { PolicyStatement } from '#domain/entitlement.ts';
import { maximumPolicySize } from '#domain/sessionPolicy.ts';
import type { EntitlementUse } from '#review/rightSizing/entitlementUse.ts';
import { mostActions } from '#review/rightSizing/observedUse.ts';
import { rightSizingOf } from '#review/rightSizing/rightSizing.ts';
import { countingReads } from '../countingReads.ts';
import { aCall, allowing, aUsedGrant, openLogs, type Use } from './usedGrant.ts';

const many = <One>(count: number, one: (number: number) => One): One[] =>
  Array.from({ length: count }, (_, number) => one(number));
const allow = (Action: string | string[]): PolicyStatement => ({ Effect: 'Allow', Action, Resource: '*' });

function useOf(...uses: Use[]): EntitlementUse {
  const grants = uses.map((use) => aUsedGrant(use));
  const [use] = rightSizingOf({ grants, catalogues: new Map(), trail: openLogs });
  if (!use) throw new Error('There is one entitlement.');
  return use;
}

describe('What is looked at, however much somebody wrote into the logs', () => {
  test('is each grant a few times, and not once more for each entitlement', () => {
    const readsOf = (count: number): number => {
      const grants = countingReads(
        many(count, (number) => aUsedGrant({ over: { entitlement: `entitlement-${number}` } })),
      );
      rightSizingOf({ grants: grants.items, catalogues: new Map(), trail: openLogs });
      return grants.reads();
    };
    expect(readsOf(400)).toBeLessThan(readsOf(200) * 2.5);
  });

  test('are two thousand different actions; where there are more, nothing is proposed', () => {
    const calls = (count: number) => many(count, (number) => aCall(`ec2:Describe${number}`));
    const allows = [allow(['ec2:DescribeInstances', 'sqs:PurgeQueue'])];
    expect(useOf({ allows, calls: calls(mostActions) }).proposal).toEqual([allow(['ec2:DescribeInstances'])]);
    const { proposal, caveats, ...more } = useOf({ allows, calls: calls(mostActions + 50) });
    expect(more.calls).toBe(mostActions + 50);
    expect(proposal).toBeUndefined();
    expect(caveats.join()).toContain(`More than ${mostActions} different actions were called`);
    // Of calls that nothing explains, some are named.
    expect(caveats.join().length).toBeLessThan(2_000);
  });

  test('is no policy that is longer than STS takes: no session can have it', () => {
    const policy = (length: number) => allowing(allow('ec2:DescribeInstances')).padEnd(length);
    expect(useOf({ policy: policy(maximumPolicySize) }).actions).toHaveLength(1);
    expect(useOf({ policy: policy(maximumPolicySize + 1) }).actions).toEqual([]);
  });

  test('are the last twenty policies that it had before: calls that an older one allowed keep what they may have needed', () => {
    const policies = (count: number): Use[] =>
      many(count, (number) => ({
        allows: [allow(`sqs:Receive${'?'.repeat(number)}`)],
        calls: number === 0 ? [aCall('sqs:Receive')] : [],
        issuedAfter: number,
      }));
    const now: Use = { allows: [allow(['sqs:SendMessage'])], calls: [], issuedAfter: 100 };
    expect(useOf(...policies(20), now).caveats.join()).not.toContain('sqs:Receive');
    expect(useOf(...policies(21), now).caveats.join()).toContain('sqs:Receive');
  });
});
