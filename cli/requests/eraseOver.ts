import { instantOf } from '#domain/instant.ts';
import { lastPossibleAccess, madeAtOf } from '#domain/lastPossibleAccess.ts';
import { secretStore } from '../secrets/secretStore.ts';
import { forgetRequest, type RememberedRequest, rememberedRequests } from './rememberedRequests.ts';
import { keptKeys } from './requestKey.ts';

/**
 * Milliseconds that this machine's clock may be ahead without losing a key that is still of use: a day, which wrong time zones and most
 * wrong clocks stay below. Elsewhere a command hears from the service what is over.
 */
const tolerance = 24 * 3_600_000;

/** Whether nothing can come of a request any more, whatever the service would say of it. */
export function isOver({ endsAt, overBy }: RememberedRequest, now: Date): boolean {
  const end = endsAt ?? overBy;
  return end !== undefined && Date.parse(end) + tolerance < now.getTime();
}

/** Erases the keys of requests that are over and that no command has noticed. What cannot be erased now stays for the next time, and for `doctor`. */
export async function eraseOver(now: Date): Promise<void> {
  const remembered = await rememberedRequests();
  const over = remembered.filter((request) => isOver(request, now)).map(({ id }) => id);
  const known = new Set(remembered.map(({ id }) => id));
  const lost = (await keptKeys()).filter(
    (id) => !known.has(id) && lastPossibleAccess(madeAtOf(id)) < instantOf(now),
  );
  await Promise.allSettled([...over, ...lost].map(forgetRequest));
  await (await secretStore()).clearDrafts();
}
