/** Random numbers that a seed decides: the same seed writes the same trail, on every machine. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws when there is nothing to pick from. */
  pick<Value>(values: readonly Value[]): Value;
  /** `length` characters of an alphabet. */
  text(length: number, alphabet: string): string;
  uuid(): string;
  /** An access key id: `ASIA` of a session, `AKIA` of a user. */
  keyId(prefix: 'ASIA' | 'AKIA'): string;
  /** Numbers of their own, so that what one part of a trail draws does not move what another does. */
  fork(name: string): Random;
}

const hex = '0123456789abcdef';
export const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomOf(seed: number | string): Random {
  const next = sfc32(String(seed));
  const text = (length: number, alphabet: string): string => {
    let written = '';
    for (let index = 0; index < length; index += 1) written += alphabet[Math.floor(next() * alphabet.length)];
    return written;
  };
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick(values) {
      if (values.length === 0) throw new RangeError('There is nothing to pick from.');
      return values[Math.floor(next() * values.length)] as (typeof values)[number];
    },
    text,
    uuid: () =>
      `${text(8, hex)}-${text(4, hex)}-4${text(3, hex)}-${text(1, '89ab')}${text(3, hex)}-${text(12, hex)}`,
    keyId: (prefix) => prefix + text(16, base32),
    fork: (name) => randomOf(`${seed}/${name}`),
  };
}

/**
 * Chris Doty-Humphrey's sfc32 (PractRand, public domain). 128 bits of state: forks of a smaller one would run into each
 * other's numbers, and two events would have one id.
 */
function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [hashOf(`a${seed}`), hashOf(`b${seed}`), hashOf(`c${seed}`), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warm = 0; warm < 15; warm += 1) next();
  return next;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
