import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropped, widthOf } from '../../../cli/terminal/width.ts';
import { wrapped } from '../../../cli/terminal/wrapped.ts';

describe('the width of a text', () => {
  test.each([
    ['orders', 6],
    ['café', 4],
    ['cafe\u0301', 4],
    ['注文', 4],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['…“”', 3],
    ['\u001b[31mred\u001b[39m', 3],
  ])('%j takes %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });
});

describe('a text that is cropped', () => {
  test.each([
    ['orders', 6, 'orders'],
    ['orders', 5, 'orde…'],
    ['注文文', 4, '注…'],
    ['cafe\u0301s', 4, 'caf…'],
  ])('%j to %i columns is %j', (text, columns, kept) => {
    expect(cropped(text, columns)).toBe(kept);
  });
});

describe('a text that is wrapped', () => {
  test('is broken at blanks', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  });

  test('is broken within a word that fits no line', () => {
    expect(wrapped('a 111122223333 b', 5)).toEqual(['a', '11112', '22233', '33 b']);
  });

  test('keeps every letter, and never exceeds the columns', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab é注👍 '), maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 12 }), (text, columns) => {
        const lines = wrapped(text, columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
