import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { covers, coversAction, coversResource, meet, resourcesMeet } from '#domain/wildcards.ts';

/** What IAM does, as an expression: slower, and open to patterns that take forever. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]')}$`,
  ).test(text);

const letters = (...units: string[]) =>
  fc.array(fc.constantFrom(...units), { maxLength: 6 }).map((all) => all.join(''));
const text = letters('a', 'b', ':');
const pattern = letters('a', 'b', ':', '*', '?');

describe('a pattern', () => {
  test.prop([pattern, text])('covers the texts that IAM matches with it', (wide, exact) => {
    expect(covers(wide, exact)).toBe(matches(wide, exact));
  });

  test.prop([pattern, pattern, text])(
    'covers another only if it covers all that this one does',
    (wide, narrow, exact) => {
      if (covers(wide, narrow) && covers(narrow, exact)) expect(covers(wide, exact)).toBe(true);
    },
  );

  test.prop([pattern, pattern])('meets another if some text matches both', (one, other) => {
    // Longer texts would only repeat what a star stands for.
    const texts = fc.sample(text, { numRuns: 200, seed: 1 });
    if (texts.some((exact) => matches(one, exact) && matches(other, exact)))
      expect(meet(one, other)).toBe(true);
    if (covers(one, other) || covers(other, one)) expect(meet(one, other)).toBe(true);
    if (!one.includes('*') && !one.includes('?')) expect(meet(one, other)).toBe(matches(other, one));
  });

  test.each([
    ['a*b', 'ab*', true],
    ['a*b', '*a', false],
    ['a*c', '*b*', true],
    ['*/2026/?.pdf', 'invoices/*', true],
    ['*x', '*y', false],
    ['?', '*', true],
    ['?', '', false],
  ])('%s meets %s: %s', (one, other, expected) => {
    expect([meet(one, other), meet(other, one)]).toEqual([expected, expected]);
  });

  test.each([
    ['a?', 'a*'],
    ['ab*', 'a*'],
    ['a*b', 'a*'],
  ])('%s does not cover %s, which stands for more', (wide, narrow) => {
    expect(covers(wide, narrow)).toBe(false);
  });

  test('of a hundred stars is no trap', () => {
    expect(covers('*a'.repeat(1_000), 'a'.repeat(2_000).concat('b'))).toBe(false);
  });

  test('of actions has no letter case', () => {
    expect(coversAction('DynamoDB:get*', 'dynamodb:GetItem')).toBe(true);
  });
});

describe('a pattern of resources', () => {
  test('meets another part by part', () => {
    expect(resourcesMeet('arn:aws:sqs:*:1:a*', 'arn:aws:sqs:eu-*:*:*b')).toBe(true);
    expect(resourcesMeet('arn:aws:sqs:eu-*:1:a', 'arn:aws:sqs:us-*:1:a')).toBe(false);
  });

  test.each([
    ['arn:aws:sqs:*:111122223333:jobs', 'arn:aws:sqs:eu-west-1:111122223333:jobs', true],
    ['arn:aws:sqs:*:jobs', 'arn:aws:sqs:eu-west-1:111122223333:jobs', false],
    ['arn:aws:lambda:*:*:function:*', 'arn:aws:lambda:eu-west-1:111122223333:function:report:7', true],
    ['*', 'anything', true],
    ['arn:aws:s3:::Invoices', 'arn:aws:s3:::invoices', false],
    ['orders', 'orders', false],
  ])('%s and %s: %s', (wide, exact, expected) => {
    expect(coversResource(wide, exact)).toBe(expected);
  });
});
