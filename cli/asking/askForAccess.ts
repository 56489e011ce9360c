import type { AccessRequest, Entitlement } from '#client/answers.ts';
import type { Wish } from '#client/api.ts';
import { RefusedError } from '#client/errors.ts';
import { isOutage } from '#client/repeated.ts';
import { errorStatus } from '#domain/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { memoryOf } from '../requests/memoryOf.ts';
import { isClosed, noticeRequest } from '../requests/noticeRequest.ts';
import { rememberRequest } from '../requests/rememberedRequests.ts';
import { keepKey } from '../requests/requestKey.ts';
import type { Service } from '../service.ts';
import { type Attempt, dropAttempt, keptAttempt } from './attempt.ts';

/**
 * Makes a request with a fresh key pair. The private key is kept before the service hears of the request, so that no answer can be lost:
 * the same wish again, after an answer that never came, goes out with the same key and makes no second request. Where what it finds is
 * closed by now, it asks anew.
 */
export async function askForAccess(
  service: Service,
  entitlement: Entitlement,
  wish: Wish,
): Promise<AccessRequest> {
  const { url } = service;
  const began = Date.now();
  const attempt = await keptAttempt(url, wish);
  const request = await made(service, wish, attempt);
  try {
    await keepKey(request.id, attempt.privateKey);
    await rememberRequest(memoryOf(request, { url, account: entitlement.account }));
    // The grant of what nobody has to approve is known already.
    await noticeRequest(request, url);
    await dropAttempt(url, wish);
  } catch (error) {
    throw error instanceof CommandError ? madeAllTheSame(request, error) : error;
  }
  const isFound = attempt.madeAt < began;
  return isFound && isClosed(request) ? askForAccess(service, entitlement, wish) : request;
}

async function made(
  { url, api }: Service,
  wish: Wish,
  { recipientKey, idempotencyKey }: Attempt,
): Promise<AccessRequest> {
  try {
    return await api.create({ ...wish, recipientKey }, idempotencyKey);
  } catch (error) {
    if (isJudged(error)) await dropAttempt(url, wish);
    throw error instanceof Error && isOutage(error) ? uncertain(error) : error;
  }
}

/** Whether the service itself said no to this wish. Anything else may hide that an earlier try has made the request. */
const isJudged = (error: unknown): boolean =>
  error instanceof RefusedError &&
  Object.hasOwn(errorStatus, error.code) &&
  error.status !== 401 &&
  error.status !== 429 &&
  error.status < 500;

const uncertain = ({ message }: Error): CommandError =>
  new CommandError(
    `${message} It may have the request all the same. Ask again with the same words: that finds it, and never makes a second one.`,
    exitCodes.unreachable,
  );

const madeAllTheSame = ({ id }: AccessRequest, { message, exitCode }: CommandError): CommandError =>
  new CommandError(
    `Request ${id} was made, but this machine could not take it in. ${message}\nThen ask again with the same words: that finds it, and makes no second one.`,
    exitCode,
  );
