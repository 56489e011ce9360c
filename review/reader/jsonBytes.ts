/** JSON in bytes, told apart by strings and brackets alone: whether it is JSON is for `JSON.parse` to say. */

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** Where the closing quote of a string stands whose text begins at `at`; -1 where it has none. */
export function endOfString(bytes: Buffer, at: number): number {
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte === quote) return next;
    if (byte === backslash) next++;
  }
  return -1;
}

/** The same for a key; -1 also where it has escapes. */
export function endOfKey(bytes: Buffer, at: number): number {
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte === quote) return next;
    if (byte === backslash) return -1;
  }
  return -1;
}

/** Where an object or a list ends that begins at `at`; -1 where it does not, or has more than `deepest` brackets in one another. */
export function endOfBrackets(bytes: Buffer, at: number, deepest = Number.POSITIVE_INFINITY): number {
  let depth = 0;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte === quote) {
      next = endOfString(bytes, next + 1);
      if (next === -1) return -1;
    } else if (byte === openBrace || byte === openBracket) {
      if (++depth > deepest) return -1;
    } else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return next + 1;
  }
  return -1;
}

/** Where the value ends that begins at `at`; -1 as above. */
export function endOfValue(bytes: Buffer, at: number, deepest: number): number {
  const first = bytes[at];
  if (first === quote) return endOfString(bytes, at + 1) + 1 || -1;
  if (first === openBrace || first === openBracket) return endOfBrackets(bytes, at, deepest);
  let end = at;
  while (end < bytes.length && !endsWord(bytes[end] as number)) end++;
  return end > at && end < bytes.length ? end : -1;
}

const endsWord = (byte: number): boolean => byte === comma || byte === closeBrace || byte === closeBracket;
