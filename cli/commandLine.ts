import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { visibleLine } from '#domain/visibleText.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';
import { CommandError } from './commandError.ts';

/**
 * The values of options. Throws a `CommandError` for what `parseArgs` refuses, and for an option that is given again where one value
 * counts: the one that got lost would not be missed.
 */
export function commandLineValues<const Options extends ParseArgsOptionsConfig>(
  args: string[],
  options: Options,
) {
  const config = { args, options, tokens: true } satisfies ParseArgsConfig;
  const { tokens } = parseArgs({ ...config, strict: false });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw new CommandError(unknownOption(rawName, Object.keys(options)));
    if (seen.has(name) && !option.multiple)
      throw new CommandError(`${rawName} is given twice, and only one can count. Leave one out.`);
    seen.add(name);
  }
  try {
    return parseArgs(config).values;
  } catch (error) {
    throw new CommandError(
      error instanceof Error ? visibleLine(error.message) : 'The options cannot be read.',
    );
  }
}

function unknownOption(rawName: string, names: string[]): string {
  const meant = nearestName(rawName.replace(/^-+/, ''), names);
  return `There is no option ${visibleLine(rawName)}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}
