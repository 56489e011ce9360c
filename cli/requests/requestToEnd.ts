import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { liveRequests } from './liveRequests.ts';
import { lookUp } from './lookUp.ts';
import { nothingFits, requestLines, severalFit } from './notChosen.ts';
import type { RememberedRequest } from './rememberedRequests.ts';
import { namedId } from './requestId.ts';

/** What a command ends: what waits for a decision, or what was granted, whether it has begun or not. */
type Ended = 'pending' | 'granted';

/**
 * The id of the request that a command is to end: the one of that id, or the only one of this machine that it can end, of an entitlement where
 * one is named. Where several fit it is never guessed: run twice, a command that took the newest would end the next one, too. Where a
 * service is named, none of another one is meant. Throws a `CommandError` that lists what there is.
 */
export async function requestToEnd(
  word: string | undefined,
  ended: Ended,
  { url }: { url?: string | undefined } = {},
): Promise<string> {
  const id = namedId(word);
  if (id !== undefined) return id;
  const known = await liveRequests(word, url);
  if (known.length > 1) await lookUp(known);
  const live = await liveRequests(word, url);
  const [only, ...rest] = live;
  if (!only) throw await nothingFits(word);
  // Where the only one cannot be ended so, the service says why.
  if (rest.length === 0) return only.id;
  const fitting = live.filter(({ endsAt }) => (endsAt === undefined ? 'pending' : 'granted') === ended);
  const [first, ...others] = fitting;
  if (!first) throw noneFits(live, ended);
  if (others.length > 0) throw severalFit(fitting);
  return first.id;
}

const noneFits = (live: RememberedRequest[], ended: Ended): CommandError =>
  new CommandError([otherWay[ended], ...requestLines(live)].join('\n'), exitCodes.no);

const otherWay: Record<Ended, string> = {
  pending: 'None of these waits for a decision. To end the access of one: countersign return ID',
  granted: 'None of these is granted. To withdraw one: countersign cancel ID',
};
