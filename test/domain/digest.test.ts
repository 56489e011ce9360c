import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Url, canonicalJson, digestOf, sha256Text } from '#domain/digest.ts';
import { digestSchema } from '#domain/terms.ts';

describe('the canonical form', () => {
  it('is one text for one value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, 2], c: null } })).toBe('{"a":{"c":null,"d":[1,2]},"b":1}');
    expect(digestOf({ b: 1, a: 2 })).toBe(digestOf({ a: 2, b: 1 }));
  });

  it('keeps what JSON keeps, and never gives two values one text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (first, second) => {
        expect(JSON.parse(canonicalJson(first))).toEqual(JSON.parse(JSON.stringify(first)));
        return (canonicalJson(first) === canonicalJson(second)) === (digestOf(first) === digestOf(second));
      }),
      { numRuns: 300 },
    );
  });

  it('tells a number from its text, an empty list from none, null from nothing', () => {
    const texts = [1, '1', true, 'true', null, 'null', [], {}, [null], { a: null }, { a: '' }, ''].map(
      canonicalJson,
    );
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['not a number', { a: Number.NaN }],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a big integer', { a: 1n }],
    ['half a surrogate pair', '\ud800'],
  ])('refuses what JSON has not: %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});

describe('a digest', () => {
  it('is SHA-256 in 43 characters of base64url', () => {
    expect(sha256Text('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(digestOf('päper')).toBe(createHash('sha256').update('"päper"').digest('base64url'));
  });

  it('of any text is one that the record takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const digest = sha256Text(text);
        return digestSchema.safeParse(digest).success && /^[A-Za-z0-9_-]{43}$/.test(digest);
      }),
    );
  });

  it.each([
    ['hexadecimal digits', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['padding', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0='],
    ['base64 that is not for addresses', 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0'],
    ['a character less', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa'],
    ['a line break after it', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0\n'],
  ])('is not %s', (_, text) => {
    expect(digestSchema.safeParse(text).success).toBe(false);
  });

  it('is written as Node writes base64url, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70 }),
        (bytes) => base64Url(bytes) === Buffer.from(bytes).toString('base64url'),
      ),
    );
  });
});
