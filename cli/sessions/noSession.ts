import { RefusedError } from '#client/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { forgetRequest, type RememberedRequest, rememberedRequest } from '../requests/rememberedRequests.ts';
import { clockTime } from '../terminal/times.ts';
import { OverError } from './overError.ts';

/** Whether the grant runs and its next session is on its way. */
export const isBeingIssued = (error: unknown): boolean =>
  error instanceof RefusedError && error.code === 'not_active' && error.requestStatus === 'active';

/**
 * Why the service gave no session of a request, as an error that says what to do next. What this machine keeps for a request that is
 * over is erased.
 */
export async function noSession(
  error: unknown,
  { requestId, url }: { requestId: string; url: string },
): Promise<unknown> {
  if (!(error instanceof RefusedError)) return error;
  const { code, requestStatus } = error;
  if (code !== 'grant_over' && code !== 'not_active') return error;
  const remembered = await rememberedRequest(requestId);
  const waiting = code === 'not_active' ? waitingFor(requestId, requestStatus, remembered) : undefined;
  if (waiting !== undefined) return new CommandError(waiting, exitCodes.noAccess);
  // What another service says of it than its own counts for nothing. In a read-only home nothing can be erased, and it is over all the same.
  if (!remembered || remembered.url === url) await forgetRequest(requestId).catch(() => undefined);
  const entitlement = remembered?.entitlement ?? 'ENTITLEMENT';
  return new OverError(
    `${endOf(requestId, requestStatus, remembered)} Ask again: countersign request ${entitlement} --because "…"`,
  );
}

/** What is to come before there is a session; undefined where none will come. */
function waitingFor(
  requestId: string,
  status: string | undefined,
  remembered: RememberedRequest | undefined,
): string | undefined {
  if (status === 'active')
    return `The next session of request ${requestId} is being issued and is not here yet. Try again in a moment; countersign status ${requestId} shows how it stands.`;
  if (status === 'pending')
    return `Request ${requestId} is not approved yet. Add --wait to wait for it, or send the approvers their mails again: countersign remind ${requestId}`;
  if (status !== 'scheduled') return undefined;
  const start = remembered?.startsAt === undefined ? 'later' : `at ${clockTime(remembered.startsAt)}`;
  return `Request ${requestId} is approved and starts ${start}. countersign status ${requestId} shows the time left.`;
}

function endOf(
  requestId: string,
  status: string | undefined,
  remembered: RememberedRequest | undefined,
): string {
  if (status !== undefined && status !== 'ended' && status !== 'active')
    return `Request ${requestId} is ${status}, so it gives no credentials: countersign history ${requestId} says why.`;
  const end = remembered?.endsAt;
  return end !== undefined && Date.parse(end) <= Date.now()
    ? `The grant is over since ${clockTime(end)}.`
    : 'The grant is over.';
}
