/** Columns of text where the output is no terminal. */
export const unbounded = Number.POSITIVE_INFINITY;

/** A text after a heading, its further lines below its first: lines of at most so many columns, broken at blanks where there are some. */
export function hanging(heading: string, text: string, columns: number): string[] {
  const [first = '', ...rest] = wrapped(text, Math.max(narrowest, columns - heading.length));
  return [`${heading}${first}`, ...rest.map((line) => `${' '.repeat(heading.length)}${line}`)];
}

/** A column of single words is harder to read than lines that the terminal breaks. */
const narrowest = 20;

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export const number = (value: number): string => value.toLocaleString('en');

/** `1 file`, `2 files` */
export const counted = (count: number, word: string): string =>
  `${number(count)} ${word}${count === 1 ? '' : 's'}`;
