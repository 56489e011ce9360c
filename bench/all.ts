import { styleText } from 'node:util';
import { approvePath } from './approvePath.ts';
import { bundleSize } from './bundleSize.ts';
import { importTime } from './importTime.ts';
import { lifecycles } from './lifecycles.ts';
import { isWithin, type Measured } from './measured.ts';
import { plantedFaults } from './plantedFaults.ts';
import { requestCost } from './requestCost.ts';
import { review } from './review.ts';
import { startTime } from './startTime.ts';
import { templates } from './templates.ts';

const benchmarks: Record<string, () => Promise<Measured[]>> = {
  approvePath,
  bundleSize,
  importTime,
  lifecycles,
  plantedFaults,
  requestCost,
  review,
  startTime,
  templates,
};

// `npm run bench -- importTime` runs one of them.
const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(benchmarks);
for (const name of names) {
  const benchmark = benchmarks[name];
  if (!benchmark) {
    process.stderr.write(`There is no benchmark ${name}, only ${Object.keys(benchmarks).join(', ')}.\n`);
    process.exit(2);
  }
  for (const measured of await benchmark()) process.stdout.write(`${lineOf(measured)}\n`);
}
process.exit();

function lineOf(measured: Measured): string {
  const { what, value, unit, limit } = measured;
  const reach = !limit ? '' : 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
  const verdict = !limit ? '' : isWithin(measured) ? 'reached' : 'MISSED';
  const line = `${what.padEnd(50)} ${String(value).padStart(8)} ${unit.padEnd(10)} ${reach.padEnd(7)} ${verdict}`;
  // styleText leaves the colour out when stdout is no terminal.
  return verdict === 'MISSED' ? styleText('red', line, { stream: process.stdout }) : line.trimEnd();
}
