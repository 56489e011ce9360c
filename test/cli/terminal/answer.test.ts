import { afterEach, describe, expect, test, vi } from 'vitest';
import { answer } from '../../../cli/terminal/answer.ts';

afterEach(() => vi.restoreAllMocks());

function written(value: unknown, lines: string[], json: boolean): string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  answer(value, () => lines, { json });
  return write.mock.calls.map(([text]) => String(text)).join('');
}

describe('an answer', () => {
  test('is lines for people', () => {
    expect(written({ id: 1 }, ['one', 'two'], false)).toBe('one\ntwo\n');
  });

  test('is nothing at all without lines', () => {
    expect(written({ id: 1 }, [], false)).toBe('');
  });

  test('is JSON where that is wanted', () => {
    expect(written({ id: 1 }, ['one'], true)).toBe('{\n  "id": 1\n}\n');
  });

  test('is JSON that says everything and cannot steer a terminal', () => {
    const text = 'a\u001b[2J\u009b2J\u202eb\u200b\u2028\u{e0001}é注👍';
    const json = written({ text }, [], true);
    expect(JSON.parse(json)).toEqual({ text });
    expect(json).toMatch(/^[\n\x20-\x7eé注👍]*$/u);
  });
});
