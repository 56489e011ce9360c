import { describe, expect, test } from 'vitest';
import { facts } from '../../../cli/terminal/facts.ts';
import { aPipe, aTerminal, plain } from './aTerminal.ts';

describe('facts', () => {
  test('have their values in a column, and leave out what has none', () => {
    const lines = facts(
      [
        ['Request', '1'],
        ['Ticket', undefined],
        ['Asked', ['bob', 'carol']],
      ],
      aPipe(),
    );
    expect(lines).toEqual(['Request  1', 'Asked    bob', '         carol']);
  });

  test('break long values on a terminal below where they begin', () => {
    const lines = facts([['Why', 'one two three four five six seven eight']], aTerminal(30).output);
    expect(plain(lines)).toEqual(['Why  one two three four five', '     six seven eight']);
  });

  test('are none where nothing has a value', () => {
    expect(facts([['Asked', []]], aPipe())).toEqual([]);
  });
});
