import { stripVTControlCharacters } from 'node:util';

/** Columns that a terminal gives to a text: two for each letter of East Asia and each emoji, none for marks above another. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  return lettersOf(plain).reduce((sum, letter) => sum + (isWide.test(letter) ? 2 : 1), 0);
}

/** The beginning of a text that fits so many columns, with `…` where something was left out. */
export function cropped(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const letter of lettersOf(text)) {
    if (widthOf(kept + letter) > columns - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Letters as they are seen, each with the marks above it. */
export function lettersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter();
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Made for the first text that is not plain: it costs 8 ms. */
let segmenter: Intl.Segmenter | undefined;

/** https://www.unicode.org/reports/tr11/: W and F, as far as they are in use. */
const isWide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
