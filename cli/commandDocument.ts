import type { Command } from './command.ts';
import { optionRows, usageLine, wordRows } from './commandHelp.ts';
import { commandGroups } from './commands.ts';

/** The chapter of docs/command.md that has every command: what `--help` says of each, in Markdown. */
export async function commandDocument(): Promise<string> {
  const groups = commandGroups.map(async ({ title, commands }) => {
    const loaded = await Promise.all(commands.map(async ({ load }) => articleOf(await load())));
    return [`### ${title}`, ...loaded].join('\n\n');
  });
  return (await Promise.all(groups)).join('\n\n');
}

const common = new Set(['--json', '-h, --help']);

function articleOf(command: Command): string {
  const rows = [...wordRows(command), ...optionRows(command).filter(([label]) => !common.has(label))];
  const table = rows.map(([label, says]) => `| \`${label}\` | ${inCell(says)} |`);
  return [
    `#### ${command.name}`,
    '',
    inText(command.says),
    '',
    '```sh',
    usageLine(command),
    '```',
    '',
    ...(table.length > 0 ? ['| | |', '|---|---|', ...table, ''] : []),
    ...command.examples.map(([line, says]) => `- \`${line}\`: ${inText(says)}`),
  ].join('\n');
}

/** What Markdown would take for something else than text. */
const inText = (text: string): string => text.replace(/[*<]|(?<!\w)_|_(?!\w)/g, '\\$&');
const inCell = (text: string): string => inText(text).replaceAll('|', '\\|');
