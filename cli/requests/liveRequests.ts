import { serviceAddress } from '../serviceAddress.ts';
import { type RememberedRequest, rememberedRequests } from './rememberedRequests.ts';

/** Those that are not over by what this machine remembers: of an entitlement, where one is named. Newest first. */
export async function liveRequests(
  entitlement: string | undefined,
  url: string | undefined,
): Promise<RememberedRequest[]> {
  const remembered = await requestsOf(url);
  return remembered.filter(
    (request) =>
      (entitlement === undefined || request.entitlement === entitlement) &&
      !isPast(request.endsAt ?? request.overBy),
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

/** Whether a grant has begun. */
export const isRunning = ({ startsAt, endsAt }: RememberedRequest): boolean =>
  endsAt !== undefined && isPast(startsAt);

const isPast = (time: string | undefined): boolean => time !== undefined && Date.parse(time) <= Date.now();
