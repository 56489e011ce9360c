import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** RFC 8785 canonical JSON: one text for one value, whatever the order of its keys. Throws on what JSON has not. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only a JSON value has a canonical form.');
  return text;
}

/**
 * SHA-256 of a text, 43 characters of base64url. Not hexadecimal: four digests stand in the tags of each notary session,
 * and STS has little room for tags.
 */
export const sha256Text = (text: string): string => base64Url(sha256(utf8ToBytes(text)));

/** Bytes in base64url without padding. */
export const base64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** SHA-256 of a value's canonical JSON. */
export const digestOf = (value: unknown): string => sha256Text(canonicalJson(value));
