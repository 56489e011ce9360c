import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, sha256Hex } from '#domain/digest.ts';

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
  it('is SHA-256 in 64 lower-case hexadecimal digits', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestOf('päper')).toBe(createHash('sha256').update('"päper"').digest('hex'));
  });
});
