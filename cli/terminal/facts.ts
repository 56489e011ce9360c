import { styled } from './cell.ts';
import { columnsOf } from './columns.ts';
import { widthOf } from './width.ts';
import { narrowest, wrapped } from './wrapped.ts';

/** What is said of one thing: a label, and one or more lines. One without a value is left out. */
export type Fact = [label: string, value: string | readonly string[] | undefined];

const gap = 2;

/** Labels in a column, their values beside it. */
export function facts(all: readonly Fact[], output: NodeJS.WriteStream = process.stdout): string[] {
  const told = all.flatMap(([label, value]) => {
    const lines = typeof value === 'string' ? [value] : (value ?? []);
    return lines.length === 0 ? [] : [{ label, lines }];
  });
  const margin = Math.max(0, ...told.map(({ label }) => widthOf(label))) + gap;
  const room = Math.max(narrowest, columnsOf(output) - margin);
  return told.flatMap(({ label, lines }) =>
    lines
      .flatMap((line) => wrapped(line, room))
      .map((line, index) => {
        const head = index === 0 ? styled({ text: label, format: 'bold' }, output) : '';
        return `${head}${' '.repeat(margin - (index === 0 ? widthOf(label) : 0))}${line}`.trimEnd();
      }),
  );
}
