/**
 * JSON in bytes, told apart by strings and brackets alone: whether it is JSON is for `JSON.parse` to say. Loops end at the
 * byte that is not there, and not by the length: asking for that takes as long as all the rest.
 */

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** The place after a string whose text begins at `at`, quote included; -1 where it does not end. */
export function afterString(bytes: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next++];
    if (byte === quote) return next;
    if (byte === backslash) next++;
    else if (byte === undefined) return -1;
  }
}

/** The same for a key; -1 also where it has escapes. */
export function afterKey(bytes: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next++];
    if (byte === quote) return next;
    if (byte === backslash || byte === undefined) return -1;
  }
}

/**
 * The place after an object or a list that begins at `at`; -1 where it does not end, or has more than `deepest` brackets in one
 * another.
 */
export function afterBrackets(bytes: Buffer, at: number, deepest = 2 ** 30): number {
  let depth = 0;
  let next = at;
  for (;;) {
    const byte = bytes[next++];
    if (byte === quote) {
      next = afterString(bytes, next);
      if (next === -1) return -1;
    } else if (byte === openBrace || byte === openBracket) {
      if (++depth > deepest) return -1;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (--depth === 0) return next;
    } else if (byte === undefined) return -1;
  }
}

/** The place after the value that begins at `at`; -1 as above. */
export function afterValue(bytes: Buffer, at: number, deepest: number): number {
  const first = bytes[at];
  if (first === quote) return afterString(bytes, at + 1);
  if (first === openBrace || first === openBracket) return afterBrackets(bytes, at, deepest);
  let next = at;
  for (;;) {
    const byte = bytes[next];
    if (byte === comma || byte === closeBrace || byte === closeBracket) return next === at ? -1 : next;
    if (byte === undefined) return -1;
    next++;
  }
}

/** Whether a text of ASCII stands there. */
export function isTextIn(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

/** Whether this JSON begins at `start`. */
export function isJsonAt(bytes: Buffer, start: number, json: Buffer): boolean {
  const end = start + json.length;
  return end <= bytes.length && bytes.compare(json, 0, json.length, start, end) === 0;
}

/** FNV-1a, from an earlier hash on: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashOfBytes(bytes: Buffer, start: number, end: number, from = 0x811c9dc5): number {
  let hash = from;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
