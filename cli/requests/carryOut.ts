import type { AccessRequest } from '#client/answers.ts';
import type { RequestCommand } from '#client/api.ts';
import { RefusedError } from '#client/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Service } from '../service.ts';
import { noticeRequest } from './noticeRequest.ts';

/** Does something to a request, and takes in what has become of it. Where the status does not allow it, says what would do. */
export async function carryOut(
  { api, url }: Service,
  id: string,
  requestCommand: RequestCommand,
): Promise<AccessRequest> {
  try {
    const request = await api.send(id, requestCommand);
    await noticeRequest(request, url);
    return request;
  } catch (error) {
    const next = error instanceof RefusedError ? nextStepAfter(error, id, requestCommand.path) : undefined;
    if (!(error instanceof RefusedError) || next === undefined) throw error;
    throw new CommandError(`${error.message} ${next}`, exitCodes.no);
  }
}

/** What does for a request that stands so what the command does for another. */
function nextStepAfter(
  { requestStatus }: RefusedError,
  id: string,
  path: RequestCommand['path'],
): string | undefined {
  const isGranted = requestStatus === 'active' || requestStatus === 'scheduled';
  if (path === 'cancel' && isGranted) return `To end the access: countersign return ${id}`;
  if (path === 'return' && requestStatus === 'pending') return `To withdraw it: countersign cancel ${id}`;
  return undefined;
}
