import { type Cell, styled } from './cell.ts';
import { columnsOf } from './columns.ts';
import { widthOf } from './width.ts';
import { wrapped } from './wrapped.ts';

const gap = '  ';
/** A column takes no less than its longest word, unless that is longer than this. */
const longestWord = 36;

/**
 * The lines of a table without borders, its columns as wide as what is in them. On a terminal that is too narrow, cells of the widest columns
 * go on below.
 */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  output: NodeJS.WriteStream = process.stdout,
): string[] {
  const heads = columns.map((text): Cell => ({ text, format: 'bold' }));
  const cells = [heads, ...rows.map((row) => row.map(asCell))];
  const widths = fitted(
    columns.map((_, column) => {
      const texts = cells.map((row) => row[column]?.text ?? '');
      return { wanted: widest(texts), needed: Math.min(longestWord, widest(texts.flatMap(wordsOf))) };
    }),
    columnsOf(output),
  );
  return cells.flatMap((row) => linesOf(row, widths, output));
}

const asCell = (cell: string | Cell): Cell => (typeof cell === 'string' ? { text: cell } : cell);

const widest = (texts: string[]): number => Math.max(0, ...texts.map(widthOf));

const wordsOf = (text: string): string[] => text.split(' ');

/** Takes from the widest columns what is too much, as long as they keep what they need. */
function fitted(columns: { wanted: number; needed: number }[], available: number): number[] {
  const widths = columns.map(({ wanted }) => wanted);
  const room = available - gap.length * (columns.length - 1);
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    const spare = widths.map((width, column) => (width > (columns[column]?.needed ?? 0) ? width : 0));
    const most = Math.max(...spare);
    if (most === 0) break;
    widths[spare.indexOf(most)] = most - 1;
  }
  return widths;
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

function linesOf(row: readonly Cell[], widths: readonly number[], output: NodeJS.WriteStream): string[] {
  const parts = row.map(({ text }, column) => wrapped(text, widths[column] ?? widthOf(text)));
  const height = Math.max(...parts.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map((cell, column) => {
        const text = parts[column]?.[line] ?? '';
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        return `${styled({ ...cell, text }, output)}${padding}`;
      })
      .join(gap)
      .trimEnd(),
  );
}
