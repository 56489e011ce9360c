import type { AccessRequest, Entitlement } from '#client/answers.ts';
import type { Wish } from '#client/api.ts';
import { RefusedError, UnreachableError } from '#client/errors.ts';
import { parseDuration } from '#domain/duration.ts';
import { addSeconds, latest } from '#domain/instant.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { noticeRequest } from '../requests/noticeRequest.ts';
import { rememberRequest } from '../requests/rememberedRequests.ts';
import { keepKey } from '../requests/requestKey.ts';
import type { Service } from '../service.ts';
import { dropAttempt, keptAttempt } from './attempt.ts';

/**
 * Makes a request with a fresh key pair. The private key is kept before the service hears of the request, so that no answer can be lost:
 * the same wish again, after an answer that never came, goes out with the same key and makes no second request.
 */
export async function askForAccess(
  { url, api }: Service,
  entitlement: Entitlement,
  wish: Wish,
): Promise<AccessRequest> {
  const { recipientKey, privateKey, idempotencyKey } = await keptAttempt(url, wish);
  try {
    const request = await api.create({ ...wish, recipientKey }, idempotencyKey);
    await keepKey(request.id, privateKey);
    await remember(request, { url, entitlement });
    await dropAttempt(url, wish);
    return request;
  } catch (error) {
    if (error instanceof RefusedError && error.status < 500) await dropAttempt(url, wish);
    throw isUncertain(error) ? uncertain(error) : error;
  }
}

/** Whether the request may have been made although no good answer came. */
const isUncertain = (error: unknown): error is Error =>
  error instanceof UnreachableError || (error instanceof RefusedError && error.status >= 500);

const uncertain = ({ message }: Error): CommandError =>
  new CommandError(
    `${message} It may have the request all the same. Ask again with the same words: that finds it, and never makes a second one.`,
    exitCodes.unreachable,
  );

async function remember(
  request: AccessRequest,
  { url, entitlement }: { url: string; entitlement: Entitlement },
): Promise<void> {
  const { id, title, createdAt, expiresAt, startAt, duration } = request;
  const { account } = entitlement;
  await rememberRequest({
    id,
    url,
    entitlement: entitlement.id,
    title,
    account: { id: account.id, title: account.title },
    createdAt,
    overBy: addSeconds(latest(expiresAt, startAt ?? expiresAt), parseDuration(duration) ?? 0),
  });
  // The grant of what nobody has to approve is known already.
  await noticeRequest(request);
}
