import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { clockTime } from '../terminal/times.ts';
import { type RememberedRequest, rememberedRequests } from './rememberedRequests.ts';
import { requestId } from './requestId.ts';

/**
 * The id of the request that is meant by a word: an id, or an entitlement, which stands for the newest request for it. Without a word it is
 * the only one that fits: `open` ones may still wait for a decision, and of `active` ones those come first whose grant runs.
 * Throws a `CommandError` that lists what there is.
 */
export async function chosenRequest(word: string | undefined, of: 'open' | 'active'): Promise<string> {
  const id = word === undefined ? undefined : requestId(word);
  if (id !== undefined) return id;
  const candidates = await candidatesFor(word, of);
  const [first, ...others] = candidates;
  if (!first) throw nothingFits(word);
  if (word === undefined && others.length > 0) throw severalFit(candidates);
  return first.id;
}

/** Newest first. The service is asked only where this machine does not know enough to choose. */
async function candidatesFor(word: string | undefined, of: 'open' | 'active'): Promise<RememberedRequest[]> {
  const live = await liveRequests(word);
  const running = live.filter(isRunning);
  const isClear = live.length < 2 || (word !== undefined && (of === 'open' || running.length > 0));
  if (isClear) return of === 'active' && running.length > 0 ? running : live;
  await lookUp(live);
  const left = await liveRequests(word);
  const active = left.filter(isRunning);
  return of === 'active' && active.length > 0 ? active : left;
}

async function liveRequests(word: string | undefined): Promise<RememberedRequest[]> {
  const remembered = await rememberedRequests();
  return remembered.filter(
    ({ entitlement, endsAt, overBy }) =>
      (word === undefined || entitlement === word) && !isPast(endsAt ?? overBy),
  );
}

const isRunning = ({ startsAt, endsAt }: RememberedRequest): boolean =>
  endsAt !== undefined && isPast(startsAt);

const isPast = (time: string | undefined): boolean => time !== undefined && Date.parse(time) <= Date.now();

/** Takes in what has become of them. Without the service, or without a sign-in, what is remembered has to do. */
async function lookUp(requests: RememberedRequest[]): Promise<void> {
  const [{ serviceOf }, { noticeRequest }] = await Promise.all([
    import('../service.ts'),
    import('./noticeRequest.ts'),
  ]);
  await Promise.allSettled(
    requests.map(async ({ id, url }) => {
      const { api } = await serviceOf({ url });
      await noticeRequest(await api.load(id));
    }),
  );
}

function nothingFits(word: string | undefined): CommandError {
  const entitlement = word === undefined ? 'ENTITLEMENT' : visibleLine(word);
  const what = word === undefined ? 'no open request' : `no open request for "${entitlement}"`;
  return new CommandError(
    `This machine has ${what}. countersign status lists all of yours; to ask for access: countersign request ${entitlement} --because "…"`,
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
