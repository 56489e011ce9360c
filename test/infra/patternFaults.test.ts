import { describe, expect, test } from 'vitest';
import { patternFaults } from '#infra/configuration/patternFaults.ts';
import { aCatalogue, entitlementIn } from '../support/builders.ts';

const ticketFaults = (pattern: string) =>
  patternFaults(
    aCatalogue((source) => {
      entitlementIn(source, 'orders-read').ticket = { pattern };
    }),
  );

const parameterFaults = (over: { pattern?: string; values?: string[]; maxLength?: number }) =>
  patternFaults(
    aCatalogue((source) => {
      Object.assign(entitlementIn(source, 'orders-item').parameters?.order ?? {}, over);
    }),
  );

/** The text that a recipe makes: `"INC" + "0".repeat(60) + "@"`. */
const textOf = (recipe: string): string =>
  recipe
    .split(' + ')
    .map((part) => {
      const [, text = '""', times = '1'] = /^(".*?")(?:\.repeat\((\d+)\))?$/.exec(part) ?? [];
      return JSON.parse(text).repeat(Number(times));
    })
    .join('');

describe('a ticket’s pattern is refused that a text could keep busy for ever', () => {
  test.each([
    ['what repeats itself, repeated', '([0-9]+)+'],
    ['with something between that may be missing', '([A-Z]+-?)+'],
    ['behind a beginning', '(INC|CHG)-([0-9]+ ?)+'],
    ['two ways that begin alike', '(\\d|[0-9a-f])+-'],
    ['two ways, one of which is made of others', '(a|ab|b)*c'],
    ['the same twice', '(a|a)*'],
    ['counted, many times', '(\\d{1,3}-?){1,20}'],
    ['counted, of parts that may be missing', '(a?b?){1,60}c'],
    ['many in a row', '\\w*\\w*\\w*\\w*\\w*\\w*\\w*\\w*-'],
    ['in a look-ahead', '(?=(a+)+b)a*'],
    ['letters of all scripts', '(\\p{L}+ ?)+'],
    ['a group with a name', '(?<number>\\d+)+x'],
    ['words, each with a dot that may be missing', '[^@]+@([^.]+\\.?)+'],
  ])('%s: %s', (_, pattern) => {
    const [fault, ...rest] = ticketFaults(pattern);
    expect(rest).toEqual([]);
    expect(fault?.path).toEqual(['entitlements', 'orders-read', 'ticket', 'pattern']);
    expect(fault?.message).toMatch(/ takes more than 200 ms for ".*, which a requester could send: /);
    const [, example = ''] = / ms for (.*), which/.exec(fault?.message ?? '') ?? [];
    // What domain/newRequest.ts lets through to the pattern.
    expect(textOf(example)).toMatch(/^[A-Za-z0-9 _.:/=+\-@]{50,64}$/);
  });
});

describe('a pattern is taken', () => {
  test.each([
    '^(INC|CHG)-[0-9]+$',
    '[A-Z]{2,10}-\\d{1,6}',
    '[A-Z]+(-[A-Z]+)*',
    '[A-Z]+-\\d+(, ?[A-Z]+-\\d+)*',
    '([^,]+,)*[^,]+',
    '([a-z]+/)*[a-z]+',
    '\\p{Lu}+-\\d+',
    '(?<kind>INC|CHG)-(?<number>\\d{1,7})',
    '(?!admin)[a-z]+',
    '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    '(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}',
    '[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]',
    '([a-z0-9]{1,63}\\.){1,8}[a-z]{2,6}',
    '(\\d{1,3}){1,3}-',
    // Slower the longer the text, but no text is long.
    '.*-.*',
    '\\w+\\d+',
    '.*INC.*\\d.*',
  ])('%s', (pattern) => {
    expect(ticketFaults(pattern)).toEqual([]);
    expect(parameterFaults({ pattern, maxLength: 256 })).toEqual([]);
  });
});

describe('a parameter’s pattern', () => {
  test('is refused for what its longest values could do', () => {
    expect(parameterFaults({ pattern: '([0-9]+)+', maxLength: 60 })).toMatchObject([
      { path: ['entitlements', 'orders-item', 'parameters', 'order', 'pattern'] },
    ]);
    expect(parameterFaults({ pattern: '([0-9]+)+', maxLength: 12 })).toEqual([]);
  });

  test('is taken where the values are listed: no other text is matched', () => {
    expect(parameterFaults({ pattern: '([0-9]+)+', maxLength: 60, values: ['1', '2'] })).toEqual([]);
  });
});
