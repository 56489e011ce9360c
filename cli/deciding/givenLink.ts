import { text } from 'node:stream/consumers';
import { CommandError } from '../commandError.ts';
import { requestId } from '../requests/requestId.ts';
import { ask, canAsk } from '../terminal/question.ts';
import { approvalLinkOf } from './approvalLink.ts';

/** The link that was typed, or from stdin for `-`, or asked for on a terminal. The latter two leave it out of the list of processes and the shell's history. */
export async function givenLink(word: string | undefined): Promise<string> {
  if (word === '-') return text(process.stdin);
  const link =
    word ?? (canAsk() ? await ask('The link from your mail (it is not shown):', { hidden: true }) : '');
  if (link === '')
    throw new CommandError('LINK is missing. Give the link of your mail, or - to read it from stdin.');
  return link;
}

/** The id of the request that was named in the same ways, by such a link or by its id alone. */
export async function namedRequest(word: string | undefined, serviceUrl: string): Promise<string> {
  const given = (await givenLink(word)).trim();
  return requestId(given) ?? approvalLinkOf(given, serviceUrl).requestId;
}
