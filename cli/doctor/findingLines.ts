import { type Cell, styled } from '../terminal/cell.ts';
import { narrowest, unbounded, wrapped } from '../terminal/wrapped.ts';
import type { Finding } from './check.ts';

const marks = {
  fine: { text: '✓', format: 'green' },
  note: { text: '•', format: 'yellow' },
  wrong: { text: '✗', format: 'red' },
} as const satisfies Record<Finding['state'], Cell>;

const aboutWidth = 'Sign-in'.length + 2;
const margin = 2 + aboutWidth;

/** A line for each finding, as wide as the terminal is. */
export const findingLines = (findings: readonly Finding[], stream: NodeJS.WriteStream): string[] =>
  findings.flatMap(({ about, state, says }) => {
    const room = Math.max(narrowest, (stream.columns ?? unbounded) - margin);
    const [first = '', ...rest] = says.split('\n').flatMap((line) => wrapped(line, room));
    const head = `${styled(marks[state], stream)} ${styled({ text: about, format: 'bold' }, stream)}`;
    return [
      `${head}${' '.repeat(aboutWidth - about.length)}${first}`,
      ...rest.map((line) => `${' '.repeat(margin)}${line}`),
    ];
  });
