import { isRunning, liveRequests } from './liveRequests.ts';
import { nothingFits, severalFit } from './notChosen.ts';
import type { RememberedRequest } from './rememberedRequests.ts';
import { namedId } from './requestId.ts';

/**
 * The id of the request that is meant by a word: an id, or an entitlement, which stands for the newest request for it. Without a word it is
 * the only one that fits: `open` ones may still wait for a decision, and of `active` ones those come first whose grant runs.
 * Where a service is named, by `url` or COUNTERSIGN_URL, none of another one is meant. Throws a `CommandError` that lists what there is.
 * Whatever ends a request goes by `requestToEnd`, which takes no newest one.
 */
export async function chosenRequest(
  word: string | undefined,
  of: 'open' | 'active',
  { url }: { url?: string | undefined } = {},
): Promise<string> {
  const id = namedId(word);
  if (id !== undefined) return id;
  const candidates = await candidatesFor({ word, of, url });
  const [first, ...others] = candidates;
  if (!first) throw await nothingFits(word);
  if (word === undefined && others.length > 0) throw severalFit(candidates);
  return first.id;
}

interface Meant {
  word: string | undefined;
  of: 'open' | 'active';
  url: string | undefined;
}

/** Newest first. The service is asked only where this machine does not know enough to choose. */
async function candidatesFor({ word, of, url }: Meant): Promise<RememberedRequest[]> {
  const live = await liveRequests(word, url);
  if (live.length < 2 || (word !== undefined && of === 'open')) return live;
  const running = live.find(isRunning);
  if (word === undefined || !running) await (await lookingUp()).lookUp(live);
  else {
    const newer = live.slice(0, live.indexOf(running)).filter(({ endsAt }) => endsAt === undefined);
    if (newer.length === 0) return live.filter(isRunning);
    await (await lookingUp()).lookUpNowAndThen(newer);
  }
  const left = await liveRequests(word, url);
  const active = left.filter(isRunning);
  return of === 'active' && active.length > 0 ? active : left;
}

/** Credentials from the cache need none of it. */
const lookingUp = () => import('./lookUp.ts');
