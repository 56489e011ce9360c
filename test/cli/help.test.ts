import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Command, commonOptions } from '../../cli/command.ts';
import { commandHelp } from '../../cli/commandHelp.ts';
import { readCommandLine } from '../../cli/commandLine.ts';
import { commands, usage } from '../../cli/commands.ts';
import { runCountersign } from './runCountersign.ts';

const stream = (columns?: number): NodeJS.WriteStream =>
  Object.assign(Object.create(process.stdout), { columns, isTTY: columns !== undefined });

const all = await Promise.all(commands.map(async ({ load }) => await load()));
const named = all.map((command): [string, Command] => [command.name, command]);

describe('the list of commands', () => {
  test('has every command there is, by its own name', () => {
    const files = readdirSync('cli/commands').map((file) =>
      file.replace('.ts', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
    expect(commands.map(({ name }) => name).sort()).toEqual(files.sort());
    expect(all.map(({ name }) => name)).toEqual(commands.map(({ name }) => name));
  });

  test('names each in a line, and fits a terminal', () => {
    const lines = usage(stream(60)).split('\n');
    for (const { name } of commands) expect(lines).toContainEqual(expect.stringMatching(`^  ${name} +\\S`));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe.each(named)('the help of %s', (name, command) => {
  const help = commandHelp(command, stream());

  test('says what it does, and how it is written', () => {
    expect(help.startsWith(`${command.says}\n\n  countersign ${name} `)).toBe(true);
    expect(command.says).toMatch(/^[A-Z].*[.]$/s);
  });

  test('explains every word and option', () => {
    for (const { name: word } of command.words ?? [])
      expect(help).toMatch(new RegExp(`^ {2}${word} +\\S`, 'm'));
    for (const { says } of command.words ?? []) expect(help).toContain(says);
    for (const option of Object.keys({ ...command.options, ...commonOptions }))
      expect(help).toMatch(new RegExp(`^ {2}(-\\w, )?--${option}\\b.* {2}\\S`, 'm'));
  });

  test('has examples that can be typed', () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line] of command.examples) {
      expect(help).toContain(`\n  ${line}\n`);
      expect(line).toContain(`countersign ${name}`);
    }
  });

  test('takes its own options', () => {
    expect(() => readCommandLine(command, ['--help'])).not.toThrow();
    for (const [option, { type, values }] of Object.entries(command.options)) {
      const value = type === 'string' ? [`--${option}=${values?.[0] ?? 'x'}`] : [`--${option}`];
      const words = (command.words ?? []).map(({ values: known }) => (Array.isArray(known) ? known[0] : 'x'));
      const after = command.after ? ['--', 'x'] : [];
      const line = readCommandLine(command, [...words, ...value, ...after]);
      expect(line).toMatchObject({ values: { [option]: expect.anything() } });
    }
  });

  test('fits a terminal of 72 columns, but for what is to be typed', () => {
    const typed = new Set(command.examples.map(([line]) => `  ${line}`));
    const lines = commandHelp(command, stream(72)).split('\n');
    for (const line of lines.filter((each) => !typed.has(each) && !each.includes(`countersign ${name} `)))
      expect(line.length, line).toBeLessThanOrEqual(72);
  });
});

test('a terminal that does not know its columns gets the lines of a usual one', () => {
  expect(usage(stream(0))).toBe(usage(stream(80)));
  for (const command of all) expect(commandHelp(command, stream(0))).toBe(commandHelp(command, stream(80)));
});

test('a command says with --help and with help before it what it takes', async () => {
  const asked = await runCountersign(['lint', '--help']);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  for (const help of ['help', '--help', '-h']) expect(await runCountersign([help, 'lint'])).toEqual(asked);
  expect((await runCountersign(['--help', 'lnt'])).stderr).toContain('Did you mean "lint"?');
});

test('the help has headings on a terminal, and is plain in a pipe', async () => {
  expect((await runCountersign(['lint', '-h'], { terminal: 80 })).stdout).toContain('\u001b[1mExamples');
  expect((await runCountersign(['lint', '-h'])).stdout).not.toContain('\u001b');
});
