import { visibleLine, visibleLines } from '#domain/visibleText.ts';

/**
 * Makes text of other people safe to put into our mails: it can neither become markup, nor a link, nor a header, nor look
 * like a line of ours.
 */

/** Wide enough to read, narrow enough that mail programs do not break the line themselves and drop our mark. */
const quoteWidth = 72;

const subjectLength = 150;

/** One line whose addresses are broken visibly, so that no mail program makes a link of them: `https[:]//`. */
export const inertLine = (text: string): string => withoutLinks(visibleLine(text));

/** The lines of a longer text, each inert. */
export const inertLines = (text: string): string[] => visibleLines(text).map(withoutLinks);

/** For the text part: every line, the wrapped ones too, starts with `> `, so that none can pose as ours. */
export const quoted = (text: string): string =>
  inertLines(text)
    .flatMap(wrap)
    .map((line) => `> ${line}`)
    .join('\n');

/** One printable line of at most 150 characters: no line break can start another header. */
export function subjectLine(text: string): string {
  const line = visibleLine(text);
  if (line.length <= subjectLength) return line;
  // Cut between characters, not between the two halves of one.
  return `${line.slice(0, subjectLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For an element's content and for a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Schemes, network paths, and dots between a name and what could be a top-level domain, the dots of IDNA included. */
const withoutLinks = (line: string): string =>
  line
    .replace(/:(?=[/\\]{2})/g, '[:]')
    .replace(/\b(mailto|tel|sms|callto|javascript|data|file):(?=\S)/gi, '$1[:]')
    .replace(/\\\\(?=[^\s\\])/g, '[\\\\]')
    .replace(/(?<=[\p{L}\p{N}\p{M}_-])([.\u3002\uFF0E\uFF61])(?=[\p{L}-]{2})/gu, '[$1]');

function wrap(line: string): string[] {
  const lines: string[] = [];
  for (const piece of line.split(' ').flatMap(piecesOf)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= quoteWidth)
      lines.splice(-1, 1, `${last} ${piece}`);
    else lines.push(piece);
  }
  return lines;
}

/** A word that does not fit a line, cut. */
function piecesOf(word: string): string[] {
  const characters = Array.from(word);
  const count = Math.max(1, Math.ceil(characters.length / quoteWidth));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * quoteWidth, (index + 1) * quoteWidth).join(''),
  );
}
