import * as z from 'zod';
import { digestOf } from './digest.ts';

/** The last character of 32 bytes in base64url has two spare bits: zero, or one point had several texts. */
const noCoordinate = 'must be 32 bytes in base64url';
const coordinate = z
  .string(noCoordinate)
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, { error: noCoordinate, abort: true });

const noKey =
  'must be a public P-256 key as a JWK, such as {"kty":"EC","crv":"P-256","x":"…","y":"…"}: countersign key FILE makes one';

/**
 * The requester's public P-256 key as a JWK. Strict, so that a key with `d` (a private key) is refused before
 * it is stored anywhere.
 */
export const recipientKeySchema = z
  .strictObject(
    {
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: coordinate,
      y: coordinate,
      kid: z.string().max(128).optional(),
      alg: z.literal('ECDH-ES').optional(),
      use: z.literal('enc').optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? noKey : undefined) },
  )
  .refine(isOnCurve, 'is not a point of the curve P-256');

export type RecipientKey = z.infer<typeof recipientKeySchema>;

/** RFC 7638 thumbprint, base64url. */
export const thumbprint = ({ kty, crv, x, y }: Pick<RecipientKey, 'kty' | 'crv' | 'x' | 'y'>): string =>
  digestOf({ crv, kty, x, y });

// NIST SP 800-186, curve P-256: y² = x³ − 3x + b (mod p). Checked when the request is made: a bad point would
// otherwise fail only at sealing, after the approval.
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

function isOnCurve(key: { x: string; y: string }): boolean {
  const x = integer(key.x);
  const y = integer(key.y);
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

function integer(base64url: string): bigint {
  const bytes = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return BigInt(
    `0x${Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`,
  );
}
