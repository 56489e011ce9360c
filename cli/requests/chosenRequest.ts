import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { serviceAddress } from '../serviceAddress.ts';
import { clockTime } from '../terminal/times.ts';
import { type RememberedRequest, rememberedRequests, unreadableRequests } from './rememberedRequests.ts';
import { refuseLink, requestId } from './requestId.ts';

/**
 * The id of the request that is meant by a word: an id, or an entitlement, which stands for the newest request for it. Without a word it is
 * the only one that fits: `open` ones may still wait for a decision, and of `active` ones those come first whose grant runs.
 * Where a service is named, by `url` or COUNTERSIGN_URL, none of another one is meant. Throws a `CommandError` that lists what there is.
 */
export async function chosenRequest(
  word: string | undefined,
  of: 'open' | 'active',
  { url }: { url?: string | undefined } = {},
): Promise<string> {
  const id = word === undefined ? undefined : requestId(word);
  if (id !== undefined) return id;
  if (word !== undefined) refuseLink(word);
  const candidates = await candidatesFor({ word, of, url });
  const [first, ...others] = candidates;
  if (!first) throw nothingFits(word, await unreadableRequests());
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

async function liveRequests(word: string | undefined, url: string | undefined): Promise<RememberedRequest[]> {
  const remembered = await requestsOf(url);
  return remembered.filter(
    ({ entitlement, endsAt, overBy }) =>
      (word === undefined || entitlement === word) && !isPast(endsAt ?? overBy),
  );
}

/** What is remembered of the service that is named, by `url` or COUNTERSIGN_URL; of all where none is. Newest first. */
export async function requestsOf(url: string | undefined): Promise<RememberedRequest[]> {
  const named = url ?? process.env.COUNTERSIGN_URL;
  const remembered = await rememberedRequests();
  if (!named) return remembered;
  const service = serviceAddress(named);
  return remembered.filter((request) => request.url === service);
}

const isRunning = ({ startsAt, endsAt }: RememberedRequest): boolean =>
  endsAt !== undefined && isPast(startsAt);

const isPast = (time: string | undefined): boolean => time !== undefined && Date.parse(time) <= Date.now();

function nothingFits(word: string | undefined, unreadable: number): CommandError {
  const entitlement = word === undefined ? 'ENTITLEMENT' : visibleLine(word);
  const what = word === undefined ? 'no open request' : `no open request for "${entitlement}"`;
  const hidden =
    unreadable === 0 ? '' : ` What it knows of ${unreadable} cannot be read: countersign doctor.`;
  return new CommandError(
    `This machine has ${what}.${hidden} countersign status lists all of yours; to ask for access: countersign request ${entitlement} --because "…"`,
    exitCodes.noAccess,
  );
}

function severalFit(candidates: RememberedRequest[]): CommandError {
  const lines = candidates.map(({ id, title, account, endsAt }) => {
    const until = endsAt === undefined ? '' : `, until ${clockTime(endsAt)}`;
    return `${id}: ${visibleLine(title)} in ${visibleLine(account.title)}${until}`;
  });
  return new CommandError(['Several requests could be meant. Name one of these:', ...lines].join('\n'));
}
