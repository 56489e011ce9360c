import { type Cell, styled } from '../terminal/cell.ts';
import { columnsOf } from '../terminal/columns.ts';
import { hanging } from '../terminal/wrapped.ts';
import type { Finding } from './check.ts';

const marks = {
  fine: { text: '✓', format: 'green' },
  note: { text: '•', format: 'yellow' },
  wrong: { text: '✗', format: 'red' },
} as const satisfies Record<Finding['state'], Cell>;

const aboutWidth = 'Sign-in'.length + 2;
const indent = ' '.repeat(2 + aboutWidth);

/** A line for each finding, as wide as the terminal is. */
export const findingLines = (findings: readonly Finding[], stream: NodeJS.WriteStream): string[] =>
  findings.flatMap(({ about, state, says }) => {
    const [first = '', ...rest] = says.split('\n');
    const gap = ' '.repeat(aboutWidth - about.length);
    const head = `${styled(marks[state], stream)} ${styled({ text: about, format: 'bold' }, stream)}${gap}`;
    const columns = columnsOf(stream);
    return [...hanging(head, first, columns), ...rest.flatMap((line) => hanging(indent, line, columns))];
  });
