import { styleText } from 'node:util';
import type { Outcome } from './check.ts';
import type { Result } from './run.ts';

const colours: Record<Outcome, 'green' | 'red' | 'yellow'> = {
  'as expected': 'green',
  differs: 'red',
  'could not tell': 'yellow',
};

const outcomeWidth = 'could not tell'.length;

/** Two lines for each check, and a third where it differs: outcome and name, what was seen, what that means. */
export function tableOf(results: readonly Result[], stream: NodeJS.WriteStream): string[] {
  const indent = ' '.repeat(outcomeWidth + 2);
  return results.flatMap(({ check, finding: { outcome, observed } }) => [
    // styleText leaves the colour out when the stream is no terminal, or NO_COLOR is set.
    `${styleText(colours[outcome], outcome.padEnd(outcomeWidth), { stream })}  ${check.name}`,
    `${indent}${observed}`,
    ...(outcome === 'differs' ? [`${indent}${check.otherwise}`] : []),
  ]);
}
