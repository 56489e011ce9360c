import { readFile, writeFile } from 'node:fs/promises';
import { costTables } from './costTable.ts';
import { type MeasuredUsage, measureOnce } from './measuredUsage.ts';
import type { Usage } from './usage.ts';

/*
 * Measures what a request uses, keeps it in usage.json, and writes the tables of docs/cost.md from it. Sizes differ by a few
 * bytes from one request to the next: of several measurements the most is kept.
 */
const measurements = [await measureOnce(), await measureOnce(), await measureOnce()];
const usage: MeasuredUsage = {
  request: most(measurements.map(({ request }) => request)),
  look: most(measurements.map(({ look }) => look)),
  month: most(measurements.map(({ month }) => month)),
};
await writeFile(new URL('usage.json', import.meta.url), `${JSON.stringify(usage, null, 2)}\n`);

const page = new URL('../docs/cost.md', import.meta.url);
const text = await readFile(page, 'utf8');
await writeFile(
  page,
  text.replace(/(<!-- measured -->\n).*(?=<!-- \/measured -->)/s, `$1\n${costTables(usage)}\n\n`),
);
process.stdout.write('docs/cost.md and bench/usage.json say what was measured now.\n');
process.exit();

function most(usages: Usage[]): Usage {
  const names = Object.keys(usages[0] ?? {}) as (keyof Usage)[];
  return Object.fromEntries(
    names.map((name) => [name, Math.max(...usages.map((usage) => roundedUp(usage[name])))]),
  );
}

/** To two digits: more would not be the same tomorrow. */
function roundedUp(amount = 0): number {
  if (Number.isInteger(amount)) return amount;
  const scale = 10 ** (1 - Math.floor(Math.log10(amount)));
  return Number((Math.ceil(amount * scale) / scale).toPrecision(2));
}
