import { stripVTControlCharacters } from 'node:util';

/** Columns that a terminal gives to a text: two for each letter of East Asia and each emoji, none for marks above another. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  return [...letters.segment(plain)].reduce((sum, { segment }) => sum + (isWide.test(segment) ? 2 : 1), 0);
}

/** The beginning of a text that fits so many columns, with `…` where something was left out. */
export function cropped(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const { segment } of letters.segment(text)) {
    if (widthOf(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

const letters = new Intl.Segmenter();

/** https://www.unicode.org/reports/tr11/: W and F, as far as they are in use. */
const isWide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
