import { widthOf } from './width.ts';

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
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const longer = `${found.at(-1)}${segment}`;
    if (widthOf(longer) > columns) found.push(segment);
    else found[found.length - 1] = longer;
  }
  return found;
}
