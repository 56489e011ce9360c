import fc from 'fast-check';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { type RecipientKey, recipientKeySchema, thumbprint } from '#domain/recipientKey.ts';
import { anotherRecipientKey, aRecipientKey } from '../support/builders.ts';

const takes = (key: unknown): boolean => recipientKeySchema.safeParse(key).success;
const withByte = (coordinate: string, index: number): string => {
  const bytes = Buffer.from(coordinate, 'base64url');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
};

describe("the requester's public key", () => {
  it('is a P-256 point, with kid, alg and use or without', () => {
    expect(takes(aRecipientKey)).toBe(true);
    expect(takes(anotherRecipientKey)).toBe(true);
    expect(takes({ ...aRecipientKey, kid: 'laptop', alg: 'ECDH-ES', use: 'enc' })).toBe(true);
  });

  it('is refused with its private part d', () => {
    expect(takes({ ...aRecipientKey, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' })).toBe(false);
  });

  it.each([
    ['another curve', { crv: 'P-384' }],
    ['another type', { kty: 'RSA' }],
    ['another algorithm', { alg: 'ECDH-ES+A256KW' }],
    ['a signing key', { use: 'sig' }],
    ['a symmetric key', { k: 'c2VjcmV0' }],
    ['key_ops', { key_ops: ['deriveBits'] }],
    ['an x of 31 bytes', { x: aRecipientKey.x.slice(0, 42) }],
    ['an x of 33 bytes', { x: `${aRecipientKey.x}A` }],
    ['an x in base64 with padding', { x: `${aRecipientKey.x.slice(0, 42)}=` }],
    ['an x with a character outside base64url', { x: `${aRecipientKey.x.slice(0, 42)}+` }],
    ['no y', { y: undefined }],
    ['a number for x', { x: 1 }],
    ['a kid that is too long', { kid: 'k'.repeat(129) }],
  ])('is refused: %s', (_, over) => {
    expect(takes({ ...aRecipientKey, ...over })).toBe(false);
  });

  it.each(['x', 'y'] as const)(
    'has one text for one point: %s with spare bits set is refused, so that its thumbprint is RFC 7638’s',
    (axis) => {
      // The last character carries four bits of the coordinate and two that mean nothing.
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const canonical = aRecipientKey[axis];
      const sameBytes = [...alphabet]
        .map((last) => canonical.slice(0, 42) + last)
        .filter((text) => Buffer.from(text, 'base64url').equals(Buffer.from(canonical, 'base64url')));
      expect(sameBytes).toHaveLength(4);
      expect(sameBytes.filter((text) => takes({ ...aRecipientKey, [axis]: text }))).toEqual([canonical]);
    },
  );

  it('is refused off the curve: the point at zero, swapped coordinates, the x of one point with the y of another', () => {
    const zero = Buffer.alloc(32).toString('base64url');
    expect(takes({ ...aRecipientKey, x: zero, y: zero })).toBe(false);
    expect(takes({ ...aRecipientKey, x: aRecipientKey.y, y: aRecipientKey.x })).toBe(false);
    expect(takes({ ...aRecipientKey, y: anotherRecipientKey.y })).toBe(false);
  });

  it('is refused off the curve: any byte of either coordinate changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('x' as const, 'y' as const),
        fc.integer({ min: 0, max: 31 }),
        (axis, index) => {
          return !takes({ ...aRecipientKey, [axis]: withByte(aRecipientKey[axis], index) });
        },
      ),
    );
  });

  it('is refused when a coordinate is not reduced: x + p names the same point', () => {
    const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
    // x = 5 lies on the curve; 5 + p still fits 32 bytes.
    const y = '459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc';
    const encoded = (number: bigint): string =>
      Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const key = { ...aRecipientKey, x: encoded(5n), y: Buffer.from(y, 'hex').toString('base64url') };
    expect(takes(key)).toBe(true);
    expect(takes({ ...key, x: encoded(5n + p) })).toBe(false);
  });

  it('of every fresh pair is taken, its private half refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
      expect(takes(await exportJWK(publicKey))).toBe(true);
      expect(takes(await exportJWK(privateKey))).toBe(false);
    }
  });
});

describe('the thumbprint of a key', () => {
  it.each<[string, RecipientKey]>([
    ['first', aRecipientKey],
    ['second', anotherRecipientKey],
  ])('is the one of RFC 7638: %s key', async (_, key) => {
    expect(thumbprint(key)).toBe(
      await calculateJwkThumbprint({ kty: key.kty, crv: key.crv, x: key.x, y: key.y }, 'sha256'),
    );
  });

  it('covers the point and nothing that merely describes it', () => {
    expect(thumbprint({ ...aRecipientKey, kid: 'laptop', alg: 'ECDH-ES', use: 'enc' } as RecipientKey)).toBe(
      thumbprint(aRecipientKey),
    );
    expect(thumbprint(anotherRecipientKey)).not.toBe(thumbprint(aRecipientKey));
  });
});
