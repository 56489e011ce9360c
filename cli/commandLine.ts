import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';
import {
  type Command,
  type CommandLine,
  commonOptions,
  type OptionUsage,
  type OptionUsages,
} from './command.ts';
import { CommandError } from './commandError.ts';

type Tokens = ReturnType<typeof tokensOf>;
type OptionToken = Extract<Tokens[number], { kind: 'option' }>;

/** What was typed after a command's name, or that its help is wanted. Throws a `CommandError` that says what does not fit. */
export function readCommandLine(command: Command, args: string[]): CommandLine<OptionUsages> | 'help' {
  const options = { ...command.options, ...commonOptions };
  const tokens = tokensOf(args, options);
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) return 'help';
  try {
    const values = valuesOf(tokens, options);
    return { values, ...wordsOf(tokens, command) } as CommandLine<OptionUsages>;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}\ncountersign ${command.name} --help says what it takes.`);
  }
}

/** Not strict: what Node's own parser says of a mistake is meant for who writes the program. */
const tokensOf = (args: string[], options: ParseArgsOptionsConfig) =>
  parseArgs({ args, options, tokens: true, strict: false, allowPositionals: true }).tokens;

type Value = string | boolean;

function valuesOf(tokens: Tokens, options: OptionUsages): Record<string, Value | Value[]> {
  const values: Record<string, Value | Value[]> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw new CommandError(unknownOption(rawName, Object.keys(options)));
    const value = checkedValue(token, option);
    const before = values[name];
    if (before !== undefined && !option.multiple) throw new CommandError(givenTwice(rawName));
    values[name] = option.multiple ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  return values;
}

function checkedValue({ rawName, value, inlineValue }: OptionToken, { type, values }: OptionUsage): Value {
  if (type === 'boolean') {
    if (value !== undefined) throw new CommandError(`${rawName} takes no value: leave it out after the =.`);
    return true;
  }
  if (!value) throw new CommandError(`${rawName} needs a value.`);
  if (!inlineValue && value.startsWith('-') && value !== '-')
    throw new CommandError(
      `${rawName} needs a value, and ${visibleLine(value)} looks like an option. If it is the value: ${rawName}=${visibleLine(value)}`,
    );
  if (values && !values.includes(value))
    throw new CommandError(`${rawName} takes ${oneOf(values)}, not "${visibleLine(value)}".`);
  return value;
}

/** The words before `--`, and those after it where the command takes some there. */
function wordsOf(tokens: Tokens, command: Command): { words: string[]; after: string[] } {
  const end = tokens.findIndex(({ kind }) => kind === 'option-terminator');
  const isAfter = (index: number): boolean => command.after !== undefined && end !== -1 && index > end;
  const given = tokens.flatMap((token, index) =>
    token.kind === 'positional' ? [{ word: token.value, after: isAfter(index) }] : [],
  );
  const words = given.filter(({ after }) => !after).map(({ word }) => word);
  const after = given.filter((one) => one.after).map(({ word }) => word);
  checkWords(words, command);
  if (command.after && !command.after.optional && after.length === 0)
    throw new CommandError(`${command.after.name} is missing after --: ${command.after.says}.`);
  return { words, after };
}

function checkWords(words: string[], { name, words: usages = [], after }: Command): void {
  const missing = usages[words.length];
  if (missing && !missing.optional) throw new CommandError(`${missing.name} is missing: ${missing.says}.`);
  const extra = words[usages.length];
  if (extra !== undefined && !usages.at(-1)?.multiple) {
    const next = after
      ? `Put -- before ${after.name}.`
      : 'Leave it out, or put quotes around words that belong together.';
    throw new CommandError(`countersign ${name} has no use for "${visibleLine(extra)}". ${next}`);
  }
  for (const [index, word] of words.entries()) {
    const usage = usages[index] ?? usages.at(-1);
    if (Array.isArray(usage?.values) && !usage.values.includes(word))
      throw new CommandError(`${usage.name} is ${oneOf(usage.values)}, not "${visibleLine(word)}".`);
  }
}

const oneOf = (values: readonly string[]): string =>
  values.length > 1 ? `one of ${values.join(', ')}` : String(values[0]);

const givenTwice = (rawName: string): string =>
  `${rawName} is given twice, and only one can count. Leave one out.`;

function unknownOption(rawName: string, names: string[]): string {
  const meant = nearestName(rawName.replace(/^-+/, ''), names);
  return `There is no option ${visibleLine(rawName)}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}
