import { lettersOf, widthOf } from './width.ts';

/** Columns of text where the output is no terminal. */
export const unbounded = Number.POSITIVE_INFINITY;

/** A column of single words is harder to read than lines that the terminal breaks. */
export const narrowest = 20;

/** A text after a heading, its further lines below its first. */
export function hanging(heading: string, text: string, columns: number): string[] {
  const margin = widthOf(heading);
  const [first = '', ...rest] = wrapped(text, Math.max(narrowest, columns - margin));
  return [`${heading}${first}`, ...rest.map((line) => `${' '.repeat(margin)}${line}`)];
}

/** The lines of a text in so many columns: broken at blanks, and within a word only where it fits no line. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => pieces(word, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const found = [''];
  for (const letter of lettersOf(word)) {
    const longer = `${found.at(-1)}${letter}`;
    if (widthOf(longer) > columns) found.push(letter);
    else found[found.length - 1] = longer;
  }
  return found;
}
