import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { costTables } from '../../bench/costTable.ts';
import { type MeasuredUsage, measureOnce } from '../../bench/measuredUsage.ts';
import usage from '../../bench/usage.json' with { type: 'json' };

const again = 'Run `npm run cost` and look at what became dearer.';

describe('docs/cost.md', () => {
  let measured: MeasuredUsage;
  beforeAll(async () => {
    measured = await measureOnce();
  }, 60_000);

  test.for(['request', 'look', 'month'] as const)('prices what a %s uses', (part) => {
    expect(Object.keys(measured[part]), again).toEqual(Object.keys(usage[part]));
    for (const [name, amount] of Object.entries(measured[part])) {
      const written = Object.entries(usage[part]).find(([other]) => other === name)?.[1] ?? 0;
      // Sizes differ by a few bytes from one request to the next, and are rounded up.
      expect(amount, `${name}: ${again}`).toBeGreaterThanOrEqual(written * 0.9);
      expect(amount, `${name}: ${again}`).toBeLessThanOrEqual(written * 1.05);
    }
  });

  test('has the tables that the counts and the prices make', async () => {
    const text = await readFile(new URL('../../docs/cost.md', import.meta.url), 'utf8');
    expect(text, again).toContain(`<!-- measured -->\n\n${costTables(usage)}\n\n<!-- /measured -->`);
  });
});
