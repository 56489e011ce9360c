import { visibleLine } from '#domain/visibleText.ts';
import { type Command, commonOptions, type OptionUsage, type WordUsage } from '../command.ts';
import { commands } from '../commands.ts';
import { rememberedRequests } from '../requests/rememberedRequests.ts';

/** A word that may come next. */
export interface Candidate {
  word: string;
  says: string;
}

/**
 * What may stand where the last of `words` is being typed; `words` are those after `countersign`. Nothing where a file, a text or a program
 * is wanted. Without a network: requests and entitlements are those that this machine remembers.
 */
export async function candidatesFor(words: readonly string[]): Promise<Candidate[]> {
  // bash parts --format=env into three words.
  const typed = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const possible = await possibleAt([...words.slice(0, -1).filter((word) => word !== '='), typed]);
  // A shell puts them on its command line as they are.
  return possible.filter(({ word }) => word.startsWith(typed) && /^[\w@%+=:,./-]+$/.test(word));
}

async function possibleAt(words: readonly string[]): Promise<Candidate[]> {
  const [name, ...rest] = words;
  if (rest.length === 0) return [...commandNames(), ...topOptions];
  if (name === 'help') return rest.length === 1 ? commandNames() : [];
  const command = await commands.find((listed) => listed.name === name)?.load();
  return command ? possibleIn(command, rest) : [];
}

const commandNames = (): Candidate[] => commands.map(({ name, summary }) => ({ word: name, says: summary }));

const topOptions: Candidate[] = [
  { word: 'help', says: 'what a command takes' },
  { word: '--help', says: 'the list of commands' },
  { word: '--version', says: 'the version' },
];

async function possibleIn(command: Command, words: readonly string[]): Promise<Candidate[]> {
  if (words.slice(0, -1).includes('--')) return [];
  const options: Record<string, OptionUsage> = { ...command.options, ...commonOptions };
  const before = words.slice(0, -1);
  const option = optionIn(options, before.at(-1));
  if (option?.type === 'string') return asCandidates(option.values);
  const typed = words.at(-1) ?? '';
  const [, name] = /^(--[\w-]+)=/.exec(typed) ?? [];
  if (name !== undefined) return asCandidates(optionIn(options, name)?.values, `${name}=`);
  if (typed.startsWith('-')) return optionCandidates(options, before);
  return wordCandidates(wordAt(command, before, options));
}

const optionIn = (options: Record<string, OptionUsage>, word = ''): OptionUsage | undefined =>
  word.startsWith('--') && Object.hasOwn(options, word.slice(2)) ? options[word.slice(2)] : undefined;

const optionCandidates = (options: Record<string, OptionUsage>, before: readonly string[]): Candidate[] =>
  Object.entries(options)
    .map(([name, { multiple, says }]) => ({ word: `--${name}`, says, multiple }))
    .filter(({ word, multiple }) => multiple || !before.includes(word));

/** Which of the command's words is next: options and their values are none. */
function wordAt(
  { words = [] }: Command,
  before: readonly string[],
  options: Record<string, OptionUsage>,
): WordUsage | undefined {
  const given = before.filter(
    (word, index) => !word.startsWith('-') && optionIn(options, before[index - 1])?.type !== 'string',
  );
  const last = words.at(-1);
  return words[given.length] ?? (last?.multiple ? last : undefined);
}

async function wordCandidates(usage: WordUsage | undefined): Promise<Candidate[]> {
  if (usage?.values === undefined) return [];
  if (usage.values === 'entitlements') return rememberedEntitlements();
  if (usage.values === 'request ids') return remembered();
  if (usage.values === 'requests') return [...(await rememberedEntitlements()), ...(await remembered())];
  return asCandidates(usage.values);
}

const asCandidates = (values: readonly string[] = [], before = ''): Candidate[] =>
  values.map((value) => ({ word: `${before}${value}`, says: '' }));

const remembered = async (): Promise<Candidate[]> =>
  (await rememberedRequests()).map(({ id, entitlement, title }) => ({
    word: id,
    says: visibleLine(`${entitlement}: ${title}`),
  }));

async function rememberedEntitlements(): Promise<Candidate[]> {
  const titles = new Map((await rememberedRequests()).map(({ entitlement, title }) => [entitlement, title]));
  return [...titles].map(([word, title]) => ({ word, says: visibleLine(title) }));
}
