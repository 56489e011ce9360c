import { styleText } from 'node:util';
import { type Command, commonOptions, type OptionUsage, type WordUsage } from './command.ts';
import { columnsOf } from './terminal/columns.ts';
import { hanging } from './terminal/wrapped.ts';

/** What `--help` prints after a command's name, as wide as the terminal is. */
export function commandHelp(command: Command, stream: NodeJS.WriteStream): string {
  const columns = columnsOf(stream);
  const bold = (text: string): string => styleText('bold', text, { stream });
  const { says, examples } = command;
  const [words, options] = [wordRows(command), optionRows(command)];
  const width = Math.max(...[...words, ...options].map(([label]) => label.length)) + 2;
  return [
    ...hanging('', says, columns),
    '',
    `  ${bold(usageLine(command))}`,
    ...section(words, { width, columns }),
    ...section(options, { width, columns }),
    '',
    bold(examples.length === 1 ? 'Example' : 'Examples'),
    ...examples.flatMap(([line, meaning]) => [`  ${line}`, ...hanging('      ', meaning, columns)]),
    '',
    ...hanging('', exitCodesInShort, columns),
    '',
  ].join('\n');
}

const exitCodesInShort =
  'Exit codes: 0 done, 1 the answer is no, 2 not understood or not possible here, 3 not signed in, 4 no access now, 5 the service does not answer.';

/** `countersign exec [REQUEST] [options] [-- COMMAND]` */
export const usageLine = ({ name, words = [], after }: Command): string =>
  ['countersign', name, ...words.map(placeOf), '[options]', ...(after ? [afterOf(after)] : [])].join(' ');

const placeOf = (usage: WordUsage): string => (usage.optional ? `[${nameOf(usage)}]` : nameOf(usage));
const afterOf = (usage: WordUsage): string =>
  usage.optional ? `[-- ${nameOf(usage)}]` : `-- ${nameOf(usage)}`;
const nameOf = ({ name, multiple }: WordUsage): string => (multiple ? `${name} …` : name);

type Row = readonly [label: string, meaning: string];

/** Its words, each with what it means. */
export const wordRows = ({ words = [], after }: Command): Row[] =>
  [...words, ...(after ? [after] : [])].map(({ name, says, values }) => [
    name,
    Array.isArray(values) ? withValues(says, values) : says,
  ]);

/** Its options and those of every command, each with what it means. */
export const optionRows = ({ options }: Command): Row[] =>
  Object.entries<OptionUsage>({ ...options, ...commonOptions }).map(([name, option]) => [
    `${option.short ? `-${option.short}, ` : ''}--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`,
    withValues(option.says, option.values),
  ]);

const withValues = (says: string, values: readonly string[] = []): string =>
  values.length > 0 ? `${says}: ${values.join(', ')}` : says;

function section(rows: Row[], { width, columns }: { width: number; columns: number }): string[] {
  const lines = rows.flatMap(([label, meaning]) => hanging(`  ${label.padEnd(width)}`, meaning, columns));
  return lines.length > 0 ? ['', ...lines] : [];
}
