import { statusWords } from '#client/statusWords.ts';
import { CommandError } from '../commandError.ts';
import { briefly } from '../requests/briefly.ts';
import { isClosed } from '../requests/noticeRequest.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import type { SessionOptions } from './credentialsOf.ts';
import { OverError } from './overError.ts';

/** Why this machine has no key for a request: the key is erased with the request's end, of which the service still knows. */
export async function noKey(requestId: string, options: SessionOptions): Promise<CommandError> {
  const request = await loaded(requestId, options).catch(() => undefined);
  if (request && isClosed(request))
    return new OverError(
      `Request ${requestId}: ${statusWords(request)} Ask again: countersign request ${request.entitlement} --because "…"`,
    );
  return new CommandError(
    `This machine has no key for request ${requestId}: it was made on another machine or by another user, or it is over and its key was erased. Ask again from here: countersign request ENTITLEMENT --because "…"`,
  );
}

async function loaded(requestId: string, options: SessionOptions) {
  const { api } = await serviceOfRequest(requestId, options);
  return api.load(requestId, { signal: briefly() });
}
