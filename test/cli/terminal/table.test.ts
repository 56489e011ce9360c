import { describe, expect, test } from 'vitest';
import { table } from '../../../cli/terminal/table.ts';
import { widthOf } from '../../../cli/terminal/width.ts';
import { aPipe, aTerminal, plain } from './aTerminal.ts';

const columns = ['REQUEST', 'STATUS', 'ACCESS'];
const rows = [
  ['01KAQ3M8X0S7V5R2E9D4T6W1ZB', { text: 'active', format: 'green' as const }, 'Read the orders table'],
  ['01KAQ3M8X0S7V5R2E9D4T6W1ZC', { text: 'pending' }, '注文を読む'],
];

describe('a table', () => {
  test('is aligned and plain where it is piped, and has no blanks at the ends', () => {
    expect(table(columns, rows, aPipe())).toEqual([
      'REQUEST                     STATUS   ACCESS',
      '01KAQ3M8X0S7V5R2E9D4T6W1ZB  active   Read the orders table',
      '01KAQ3M8X0S7V5R2E9D4T6W1ZC  pending  注文を読む',
    ]);
  });

  test('has colours on a terminal, and the same words', () => {
    const { output } = aTerminal(120);
    const lines = table(columns, rows, output);
    expect(lines[1]).toContain('\u001b[32mactive\u001b[39m');
    expect(plain(lines).map((line) => line.trimEnd())).toEqual(table(columns, rows, aPipe()));
  });

  test('goes on below where the terminal is narrow, and keeps ids whole', () => {
    const lines = plain(table(columns, rows, aTerminal(50).output));
    expect(lines.every((line) => widthOf(line) <= 50)).toBe(true);
    expect(lines.join('\n')).toContain('01KAQ3M8X0S7V5R2E9D4T6W1ZB  active   Read the');
    expect(lines.some((line) => /^ {37}orders/.test(line))).toBe(true);
  });

  test('is left to the terminal where words would have to be broken', () => {
    const lines = plain(table(columns, rows, aTerminal(20).output));
    expect(lines.join('\n')).toContain('01KAQ3M8X0S7V5R2E9D4T6W1ZB');
  });

  test('without rows is its head', () => {
    expect(table(columns, [], aPipe())).toEqual(['REQUEST  STATUS  ACCESS']);
  });
});
