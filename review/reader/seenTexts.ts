import { textOf } from './fields.ts';

const slots = 65_536;

/**
 * Texts that stand in bytes again and again, such as names of calls and access keys: each is made once. A cache, not a list: where two
 * texts meet in one slot, the later one takes it.
 */
export class SeenTexts {
  readonly #texts = new Array<string>(slots).fill('');

  /** The text of a JSON string between its quotes, as `textOf` gives it; undefined where it has escapes. */
  textIn(bytes: Buffer, start: number, end: number): string | undefined {
    const slot = hashOf(bytes, start, end) % slots;
    const seen = this.#texts[slot] as string;
    if (isTextIn(bytes, start, end, seen)) return seen;
    const text = bytes.toString('utf8', start, end);
    if (text.includes('\\')) return undefined;
    const known = textOf(text) ?? '';
    this.#texts[slot] = known;
    return known;
  }
}

/** Whether a text of ASCII stands there. */
export function isTextIn(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
