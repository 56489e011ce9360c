import { text } from 'node:stream/consumers';
import { CommandError } from '../commandError.ts';
import { ask, canAsk } from '../terminal/question.ts';

/** The link that was typed, or from stdin for `-`, or asked for on a terminal. The latter two leave it out of the list of processes and the shell's history. */
export async function givenLink(word: string | undefined): Promise<string> {
  if (word === '-') return text(process.stdin);
  const link =
    word ?? (canAsk() ? await ask('The link from your mail (it is not shown):', { hidden: true }) : '');
  if (link === '')
    throw new CommandError('LINK is missing. Give the link of your mail, or - to read it from stdin.');
  return link;
}
