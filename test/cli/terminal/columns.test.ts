import { expect, test } from 'vitest';
import { columnsOf } from '../../../cli/terminal/columns.ts';
import { unbounded } from '../../../cli/terminal/wrapped.ts';
import { aPipe, aTerminal } from './aTerminal.ts';

test('a terminal has the columns it says, and 80 where it does not know', () => {
  expect(columnsOf(aTerminal(40).output)).toBe(40);
  expect(columnsOf(aTerminal(0).output)).toBe(80);
});

test('what is no terminal has as many as are needed', () => expect(columnsOf(aPipe())).toBe(unbounded));
