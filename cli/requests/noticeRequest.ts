import type { AccessRequest, AccessRequestDetail } from '#client/answers.ts';
import { isOpen } from '#client/noAccess.ts';
import { CommandError } from '../commandError.ts';
import { memoryOf } from './memoryOf.ts';
import { forgetRequest, rememberedRequest, rememberRequest } from './rememberedRequests.ts';
import { requestId } from './requestId.ts';
import { keptKeys } from './requestKey.ts';

/** A closed status never changes. */
export const isClosed = (request: Pick<AccessRequest, 'status'>): boolean => !isOpen(request);

/**
 * Takes in what the service at that address has just said of a request that was made there: once it is closed, its key is erased; the grant
 * of one of this machine is remembered. What another service says of it counts for nothing. Where it cannot be written, such as in a
 * read-only home, the command goes on without it: the service says it again.
 */
export async function noticeRequest(
  request: AccessRequest | AccessRequestDetail,
  url: string,
): Promise<void> {
  try {
    await takeIn(request, url);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}

async function takeIn(request: AccessRequest | AccessRequestDetail, url: string): Promise<void> {
  const { id, startsAt, endsAt } = request;
  // Files are named by it: nothing else may stand in there.
  if (requestId(id) !== id) return;
  const remembered = (await rememberedRequest(id)) ?? (await lostMemory(request, url));
  if (remembered && remembered.url !== url) return;
  // Its key may be here although the memory of it was lost.
  if (isClosed(request)) return forgetRequest(id);
  if (!remembered || startsAt === undefined || endsAt === undefined) return;
  if (remembered.startsAt === startsAt && remembered.endsAt === endsAt) return;
  await rememberRequest({ ...remembered, startsAt, endsAt });
}

/** Of a request whose key is here, and whose file is damaged or gone: what it would say, written anew. */
async function lostMemory(request: AccessRequest | AccessRequestDetail, url: string) {
  if (!isInFull(request) || isClosed(request) || !(await keptKeys()).includes(request.id)) return undefined;
  const memory = memoryOf(request, { url, account: request.account });
  await rememberRequest(memory);
  return memory;
}

const isInFull = (request: AccessRequest | AccessRequestDetail): request is AccessRequestDetail =>
  'roles' in request;
