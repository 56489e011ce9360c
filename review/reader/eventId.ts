import { hash } from 'node:crypto';

/**
 * An event id as four 32-bit numbers: a UUID as it is, any other text as the first 16 bytes of its SHA-256. Zeros for no id,
 * and for the UUID of zeros, which exports write where they mask ids.
 */
export type EventId = Uint32Array;

export const noId: EventId = new Uint32Array(4);

/** What stands for an id that is masked: CloudTrail's own word, or only stars, dots, x, zeros and hyphens. */
const masked = /^(HIDDEN_DUE_TO_SECURITY_REASONS|[*.x0-]*)$/i;

/** An id of the one form that `uuidText` gives back: lower case, with hyphens. Undefined for any other text. */
export function uuidOf(text: string): EventId | undefined {
  const id = new Uint32Array(4);
  return text.length === uuidLength && readUuid(Buffer.from(text), 0, id) ? id : undefined;
}

export const uuidLength = 36;

/** Reads the UUID that begins at `start` into an id. Answers whether it is one. */
export function readUuid(bytes: Buffer, start: number, id: EventId): boolean {
  let seen = 0;
  let at = start;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++, at++) {
      if (hasHyphen(at - start)) seen |= (bytes[at++] as number) ^ hyphen;
      const number = digits[bytes[at] as number] as number;
      seen |= number & noDigit;
      value = (value << 4) | number;
    }
    id[word] = value;
  }
  return seen === 0;
}

const hyphen = 0x2d;
const hasHyphen = (at: number): boolean => at === 8 || at === 13 || at === 18 || at === 23;

/** The id of a text that is no UUID. */
export function otherIdOf(text: string): EventId {
  if (masked.test(text)) return noId;
  const digest = hash('sha256', text, 'buffer');
  return Uint32Array.from({ length: 4 }, (_, word) => digest.readUInt32BE(word * 4));
}

/** The text of an id that is a UUID. */
export function uuidText(id: EventId): string {
  const hex = Array.from(id, (word) => word.toString(16).padStart(8, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const noDigit = 0x80;

/** Hexadecimal digits by their byte. */
const digits = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return digit === -1 ? noDigit : digit;
});
