import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { findingRules } from '#review/findings/findings.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { aWorld } from '../support/trail/aWorld.ts';
import { deliverWorld } from '../support/trail/deliverWorld.ts';
import type { Expected } from '../support/trail/faults/fault.ts';
import { faults } from '../support/trail/faults/faults.ts';
import { plantAndReview, reviewOf, type Score } from '../support/trail/plantedReview.ts';

/** What a person would want to read when the review and the truth differ. */
const differences = ({ missed, falseAlarms }: Score) => ({
  missed: missed.map(({ rules, of }) => `${rules.join(' or ')}: ${of.join(' or ')}`),
  falseAlarms: falseAlarms.map(({ rule, subject, message }) => `${rule}: ${subject}: ${message}`),
});

const none = { missed: [], falseAlarms: [] };

describe('A world in which nothing is wrong', () => {
  test.each([1, 2, 3])('has no finding but what is worth reading, seed %i', async (seed) => {
    await inTemporaryFolder(async (folder) => {
      const world = await aWorld({ seed, requests: 60 });
      const delivered = await deliverWorld(world, { folder, digests: true });
      const { findings, grants, integrity } = await reviewOf(delivered, { table: true });
      expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(integrity.verdict).toBe('verified');
      expect(grants.filter(({ end, closedAt }) => end && closedAt && end.at > closedAt)).toEqual([]);
      expect(grants.map(({ id, status }) => [id, status])).toEqual(
        [world.installation, world.second]
          .flatMap(({ stories }) => stories.map(({ request }) => [request.terms.id, request.status]))
          .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      );
    });
  });
});

describe('The faults that are planted', () => {
  it('break every rule that can find something wrong', async () => {
    await inTemporaryFolder(async (folder) => {
      const world = await aWorld({ seed: 'rules', days: 3, requests: 30, events: 400 });
      const expected: Expected[] = [];
      for (const fault of faults) expected.push(...((await fault.plant?.(world)) ?? []));
      const delivered = await deliverWorld(world, { folder, digests: true });
      for (const fault of faults.filter(({ plant }) => !plant))
        expected.push(...((await fault.alter?.(delivered, [])) ?? []));
      const broken = new Set(
        expected.flatMap(({ rules, optional }) => (optional || rules.length > 1 ? [] : rules)),
      );
      expect(findingRules.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([
        // These are worth reading, and nothing is wrong.
        'catalogue-unknown',
        'break-glass-used',
        'several-installations',
        'integrity-not-shown',
      ]);
    });
  });
});

describe('A planted fault is found, and nothing else is said', () => {
  it.each(faults)('$name', async (fault) => {
    // Digests are signed for every hour and region: a day of them says as much as three.
    const days = fault.digests ? 1 : 3;
    const score = await plantAndReview([fault], { seed: fault.name, days, requests: 5, events: 150 });
    expect(score.expected).not.toEqual([]);
    expect(differences(score)).toEqual(none);
  });
});

describe('However many faults are planted together', () => {
  const together = faults.filter(({ alone }) => !alone);

  property.prop(
    {
      chosen: fc.subarray([...together], { minLength: 2 }),
      seed: fc.integer({ min: 1, max: 1_000_000 }),
    },
    { numRuns: 5 },
  )(
    'each is found, and nothing else is said',
    async ({ chosen, seed }) => {
      expect(differences(await plantAndReview(chosen, { seed, requests: 26, events: 600 }))).toEqual(none);
    },
    180_000,
  );
});
