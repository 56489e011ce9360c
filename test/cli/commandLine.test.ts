import { describe, expect, it } from 'vitest';
import { type Command, command } from '../../cli/command.ts';
import { CommandError } from '../../cli/commandError.ts';
import { readCommandLine } from '../../cli/commandLine.ts';

const sample = command({
  name: 'sample',
  says: 'Shows how words are read.',
  words: [
    { name: 'THING', says: 'what it is about' },
    { name: 'COLOUR', says: 'how it looks', optional: true, values: ['red', 'green'] },
  ],
  options: {
    for: { type: 'string', value: 'DURATION', says: 'how long' },
    format: { type: 'string', values: ['env', 'fish'], says: 'in which form' },
    set: { type: 'string', multiple: true, says: 'a parameter' },
    wait: { type: 'boolean', short: 'w', says: 'waits' },
  },
  examples: [],
  run: async () => 0,
});

const sampleWith = (over: Partial<Command>): Command => ({ ...sample, ...over });
const program = { name: 'PROGRAM', says: 'what to run' };

function complaintAbout(args: string[], about = sample): string {
  try {
    readCommandLine(about, args);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('a command line is read', () => {
  it.each<[string[], object]>([
    [['x'], { values: {}, words: ['x'], after: [] }],
    [['--for', '1h', 'x', 'red'], { values: { for: '1h' }, words: ['x', 'red'], after: [] }],
    [
      ['x', '--for=1h', '-w', '--json'],
      { values: { for: '1h', wait: true, json: true }, words: ['x'], after: [] },
    ],
    [['x', '--set', 'a=1', '--set=b=2'], { values: { set: ['a=1', 'b=2'] }, words: ['x'], after: [] }],
    [['x', '--for', '-'], { values: { for: '-' }, words: ['x'], after: [] }],
    [['x', '--for=-1h'], { values: { for: '-1h' }, words: ['x'], after: [] }],
    [['--', '--x'], { values: {}, words: ['--x'], after: [] }],
  ])('%j', (args, line) => {
    expect(readCommandLine(sample, args)).toEqual(line);
  });

  it('with all that follows -- left as it is, where the command takes something there', () => {
    const args = ['x', '--', 'aws', '--json', '--', '--help', ''];
    expect(readCommandLine(sampleWith({ after: program }), args)).toEqual({
      values: {},
      words: ['x'],
      after: ['aws', '--json', '--', '--help', ''],
    });
  });

  it('with a last word as often as wanted', () => {
    const words = [{ name: 'THING', says: 'which', optional: true, multiple: true }];
    expect(readCommandLine(sampleWith({ words }), ['a', 'b', 'c'])).toMatchObject({ words: ['a', 'b', 'c'] });
    expect(readCommandLine(sampleWith({ words }), [])).toMatchObject({ words: [] });
  });

  it.each([[['--help']], [['-h']], [['--nonsense', '--help']], [['a', 'b', 'c', '-wh']]])(
    'as a question for help: %j',
    (args) => {
      expect(readCommandLine(sample, args)).toBe('help');
    },
  );
});

describe('a command line is refused, with what to do:', () => {
  it.each<[string[], string]>([
    [['x', '--fo', '1h'], 'There is no option --fo. Did you mean --for?'],
    [['x', '--frobnicate'], 'There is no option --frobnicate.'],
    [['x', '-q'], 'There is no option -q.'],
    [['x', '--constructor'], 'There is no option --constructor.'],
    [['x', '--\u001b[2J'], 'There is no option --[2J.'],
    [['x', '--for', '1h', '--for', '2h'], '--for is given twice, and only one can count.'],
    [['x', '--for'], '--for needs a value.'],
    [['x', '--for='], '--for needs a value.'],
    [
      ['x', '--for', '--wait'],
      '--for needs a value, and --wait looks like an option. If it is the value: --for=--wait',
    ],
    [['x', '--wait=yes'], '--wait takes no value'],
    [['x', '--format', 'xml'], '--format takes one of env, fish, not "xml".'],
    [[], 'THING is missing: what it is about.'],
    [['x', 'red', 'really'], 'countersign sample has no use for "really". Leave it out, or put quotes'],
    [['x', 'blue'], 'COLOUR is one of red, green, not "blue".'],
  ])('%j', (args, says) => {
    expect(complaintAbout(args)).toContain(says);
    expect(complaintAbout(args)).toMatch(/\ncountersign sample --help says what it takes\.$/);
  });

  it('a program without -- before it', () => {
    const about = sampleWith({ after: program, words: [] });
    expect(complaintAbout(['aws', 's3'], about)).toContain('has no use for "aws". Put -- before PROGRAM.');
  });

  it('no program, where there has to be one', () => {
    expect(complaintAbout(['x', '--'], sampleWith({ after: program }))).toContain(
      'PROGRAM is missing after --: what to run.',
    );
    const after = { ...program, optional: true };
    expect(readCommandLine(sampleWith({ after }), ['x'])).toMatchObject({ after: [] });
  });
});
