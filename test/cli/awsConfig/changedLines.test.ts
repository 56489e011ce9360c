import { expect, test } from 'vitest';
import { changedLines } from '../../../cli/awsConfig/changedLines.ts';

test.each([
  ['nothing', 'a\nb\n', 'a\nb\n', []],
  ['lines that came', 'a\n', 'a\n\nb\n', ['+ ', '+ b']],
  ['the first lines of a file', '', 'a\n\nb\n', ['+ a', '+ ', '+ b']],
  ['the last lines of a file', 'a\n', '', ['- a']],
  ['lines that went', 'a\nb\nc\n', 'a\nc\n', ['- b']],
  ['lines that changed', 'a\r\nb\r\nc', 'a\r\nx\r\nc', ['- b', '+ x']],
  ['one of two that are the same', 'a\na\n', 'a\n', ['- a']],
])('%s', (_, before, after, lines) => expect(changedLines(before, after)).toEqual(lines));
