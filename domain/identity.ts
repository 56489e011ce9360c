import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';

/** Addresses compare lower-cased and NFKC-normalised (docs/glossary.md: approver). */
export const normaliseEmail = (email: string): string => email.normalize('NFKC').trim().toLowerCase();

/** The address without its `+tag`: mail for both arrives in one mailbox. */
export const withoutTag = (email: string): string => email.replace(/\+[^@]*@/, '@');

/**
 * An address of a person, normalised. ASCII only: a look-alike letter of another script is another address and
 * never matches one that the catalogue can name.
 */
export const emailSchema = z
  .string()
  .max(254)
  .transform(normaliseEmail)
  .pipe(
    z
      .string()
      .regex(
        /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+$/,
        'must be an e-mail address',
      ),
  );

/** Who signed in. A machine is known by its exact issuer and subject and has no address. */
export type Identity =
  | { kind: 'human'; issuer: string; subject: string; email: string; groups: string[] }
  | { kind: 'machine'; issuer: string; subject: string };

const sourceIdentityPattern = /^[\w+=,.@-]{2,64}$/;

/**
 * STS SourceIdentity of a person: the address where its characters and length fit, else `u-` and 52 characters
 * of base32 over SHA-256(issuer|subject), which cannot collide with an address (it has no `@`).
 */
export function sourceIdentityOf(person: {
  issuer: string;
  subject: string;
  email?: string | undefined;
}): string {
  if (person.email !== undefined && sourceIdentityPattern.test(person.email)) return person.email;
  const hash = sha256(utf8ToBytes(`${person.issuer}|${person.subject}`));
  return `u-${base32(hash).slice(0, 52)}`;
}

function base32(bytes: Uint8Array): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}
