import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { clockTime } from '../terminal/times.ts';
import { type RememberedRequest, rememberedRequests, unreadableRequests } from './rememberedRequests.ts';

/** Why no request is meant by a word, or without one. Of an entitlement that was never asked for here, there may be none. */
export async function nothingFits(word: string | undefined): Promise<CommandError> {
  const what = word === undefined ? 'no open request' : `no open request for "${visibleLine(word)}"`;
  const unreadable = await unreadableRequests();
  const hidden =
    unreadable === 0 ? '' : ` What it knows of ${unreadable} cannot be read: countersign doctor.`;
  const isKnown =
    word === undefined || (await rememberedRequests()).some(({ entitlement }) => entitlement === word);
  const list = isKnown ? '' : ', countersign list what you may ask for';
  const ask =
    word === undefined || maybeEntitlement.test(word)
      ? `; to ask for access: countersign request ${word ?? 'ENTITLEMENT'} --because "…"`
      : '.';
  return new CommandError(
    `This machine has ${what}.${hidden} countersign status lists all of yours${list}${ask}`,
    exitCodes.noAccess,
  );
}

/** As domain/entitlementId.ts has it, which would load a library for it. */
const maybeEntitlement = /^[a-z][a-z0-9-]{1,39}$/;

export const severalFit = (candidates: RememberedRequest[]): CommandError =>
  new CommandError(
    ['Several requests could be meant. Name one of these:', ...requestLines(candidates)].join('\n'),
  );

/** A line for each, with its service where they are of several. */
export function requestLines(requests: RememberedRequest[]): string[] {
  const isOfOne = new Set(requests.map(({ url }) => url)).size < 2;
  return requests.map(({ id, title, account, url, endsAt }) => {
    const at = isOfOne ? '' : `, at ${visibleLine(url)}`;
    const until = endsAt === undefined ? '' : `, until ${clockTime(endsAt)}`;
    return `${id}: ${visibleLine(title)} in ${visibleLine(account.title)}${at}${until}`;
  });
}
