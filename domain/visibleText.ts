/**
 * Text of other people as it may be shown: nothing in it is invisible and nothing in it reorders what stands around it.
 * Letters of other scripts stay as they are.
 */

/** Line breaks of every kind that a mail program, browser or terminal may honour, not only LF. */
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** Bidi controls, zero-width and other invisible characters, C0 and C1 controls, half surrogates, annotation marks. */
const unseen = /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}]/gu;

/** More marks on one letter than any language has; stacked higher they cover the lines around. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/** One line; runs of blanks, which could push text to where it seems to be a line of its own, shrink to one. */
export const visibleLine = (text: string): string => visible(text.split(lineBreak).join(' '));

/** The lines of a longer text; at most one empty line in a row, none at either end. */
export function visibleLines(text: string): string[] {
  const lines = text.split(lineBreak).map(visible);
  const filled = lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
  return filled.at(-1) === '' ? filled.slice(0, -1) : filled;
}

const visible = (line: string): string =>
  line
    .replaceAll('\t', ' ')
    .replace(unseen, '')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(stackedMarks, '$1')
    .trim();
