import { describe, expect, test } from 'vitest';
import type { Entitlement } from '#client/answers.ts';
import { type TypedWish, wishOf } from '../../../cli/asking/wish.ts';

const because = 'Customer asks where order 1001 is';
const now = new Date('2026-11-22T10:00:00Z');

const ordersRead: Entitlement = {
  id: 'orders-read',
  title: 'Read the orders table',
  account: { id: '111122223333', title: 'Production' },
  permissions: ['GetItem in dynamodb on table/orders'],
  maxDuration: 'PT8H',
  defaultDuration: 'PT1H',
  expiresAfter: 'PT4H',
  justification: { minLength: 15 },
  parameters: [],
  approval: [{ count: 1, from: ['bob@example.com'] }],
  mayRequest: true,
};

const order = { name: 'order', title: 'The order’s number', pattern: '[0-9]+', maxLength: 4, required: true };
const region = { name: 'region', title: 'Region', values: ['eu', 'us'], maxLength: 2, required: false };

const wish = (typed: TypedWish, over: Partial<Entitlement> = {}) =>
  wishOf({ ...ordersRead, ...over }, { because, ...typed }, now);

describe('what is asked for', () => {
  test('is what was typed, and what was not is left to the service', async () => {
    expect(await wish({})).toEqual({ entitlement: 'orders-read', justification: because });
  });

  test('is written as the service wants it', async () => {
    const typed = {
      for: '90m',
      ticket: 'INC-1',
      start: '2026-11-24T09:00Z',
      set: ['order=1001', 'region=eu'],
    };
    expect(await wish(typed, { parameters: [order, region] })).toEqual({
      entitlement: 'orders-read',
      duration: 'PT1H30M',
      justification: because,
      ticket: 'INC-1',
      startAt: '2026-11-24T09:00:00Z',
      parameters: { order: '1001', region: 'eu' },
    });
  });

  test.each([
    ['2026-11-22T09:59Z', '--start lies in the past'],
    ['2026-12-23T10:00Z', '--start is at most 30 days from now'],
  ])('does not begin at %s', async (start, words) => {
    await expect(wish({ start })).rejects.toThrow(words);
  });

  test('may have an equals sign in a value', async () => {
    const parameters = [{ ...order, pattern: '.*' }];
    expect((await wish({ set: ['order=a=b'] }, { parameters })).parameters).toEqual({ order: 'a=b' });
  });

  test('is break-glass within the limits of that', async () => {
    const over = { mayRequest: false, breakGlass: { maxDuration: 'PT30M' } };
    expect(await wish({ 'break-glass': true, for: '30m' }, over)).toMatchObject({ breakGlass: true });
    await expect(wish({ 'break-glass': true, for: '31m' }, over)).rejects.toThrow(
      'at most 30 minutes by break-glass. Ask for --for 30m or less.',
    );
  });

  test.each<[string, TypedWish, string, Partial<Entitlement>?]>([
    ['a longer duration', { for: '8h1m' }, 'at most 8 hours. Ask for --for 8h or less.'],
    ['less than a minute', { for: 'PT59S' }, '--for 1m or more'],
    ['no duration', { for: 'soon' }, 'Write it like 45m'],
    ['no time', { start: 'noon' }, 'Write it like 14:00'],
    ['no justification', { because: undefined }, '--because "…"'],
    ['an empty justification', { because: ' \u200b\n ' }, '--because "…"'],
    ['a short justification', { because: 'order 1' }, 'in at least 15 characters (that was 7)'],
    ['a justification stretched by blanks', { because: `order${' '.repeat(20)}1` }, '(that was 7)'],
    ['no ticket', {}, 'Name a ticket: --ticket', { ticket: { pattern: 'INC-[0-9]+', required: true } }],
    [
      'another ticket',
      { ticket: 'INC-1; CHG-2' },
      'match INC-[0-9]+. Change --ticket.',
      { ticket: { pattern: 'INC-[0-9]+', required: false } },
    ],
    ['no parameter', {}, '--set order=…', { parameters: [order] }],
    ['a parameter of another pattern', { set: ['order=1x'] }, 'has to match [0-9]+', { parameters: [order] }],
    ['a long parameter', { set: ['order=12345'] }, '1 to 4 characters', { parameters: [order] }],
    ['an empty parameter', { set: ['order='] }, '1 to 4 characters', { parameters: [order] }],
    ['an unlisted value', { set: ['region=xx'] }, 'is one of eu, us', { parameters: [region] }],
    ['a parameter twice', { set: ['order=1', 'order=2'] }, 'given twice', { parameters: [order] }],
    ['no name', { set: ['=1'] }, 'takes name=value', { parameters: [order] }],
    ['another name', { set: ['ordr=1'] }, 'Did you mean "order"?', { parameters: [order] }],
    [
      'a name that is nothing like it',
      { set: ['x=1'] },
      'It has order, region.',
      { parameters: [order, region] },
    ],
    ['a parameter where there are none', { set: ['order=1'] }, 'It takes none'],
    ['break-glass where there is none', { 'break-glass': true }, 'Ask without --break-glass.'],
    ['the everyday way where there is only break-glass', {}, 'Add --break-glass', { mayRequest: false }],
    [
      'break-glass later',
      { 'break-glass': true, start: '14:00' },
      'Leave out --start.',
      { breakGlass: { maxDuration: 'PT30M' } },
    ],
  ])('is never %s', async (_, typed, sentence, over) => {
    await expect(wish(typed, over)).rejects.toThrow(sentence);
    await expect(wish(typed, over)).rejects.toMatchObject({ name: 'CommandError', exitCode: 2 });
  });
});
