import type * as z from 'zod';
import { problemSchema } from './answers.ts';
import type { ServiceAccess } from './api.ts';
import { boundedText } from './boundedText.ts';
import { RefusedError, UnreachableError, UnreadableAnswerError } from './errors.ts';
import { jsonOf } from './json.ts';
import { repeated } from './repeated.ts';
import { serviceUrl } from './serviceUrl.ts';

/** One call of the API. */
export interface Call<Answer> {
  /** Below the service's address: `v1/requests`. */
  path: string;
  answer: z.ZodType<Answer>;
  /** Makes it a POST. */
  post?: { body: unknown; idempotencyKey?: string | undefined };
  signal?: AbortSignal | undefined;
}

/** Milliseconds; longer than API Gateway's own 29 s. */
const timeLimit = 30_000;

/** Calls the API of a service; again where that does no harm and is likely to help. */
export function exchangeWith({ url, token }: ServiceAccess): <Answer>(call: Call<Answer>) => Promise<Answer> {
  const base = serviceUrl(url);
  return (call) => {
    const { path, post, signal } = call;
    // Whatever else was asked for may have been done although no answer came.
    const harmless = post === undefined || post.idempotencyKey !== undefined;
    return repeated(async () => attempt(call, new URL(path, base), await token()), { harmless, signal });
  };
}

async function attempt<Answer>(call: Call<Answer>, url: URL, token: string): Promise<Answer> {
  const { response, text } = await fetched(call, url, token);
  if (text === undefined) throw new UnreadableAnswerError(url.href, 'it is too long');
  if (response.ok) return parsed(call.answer, text, url);
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
    throw new UnreadableAnswerError(url.href, 'it sends callers to another address');
  throw refusalOf(response, text);
}

async function fetched({ post, signal }: Call<unknown>, url: URL, token: string) {
  const authorization = `Bearer ${bearerToken(token)}`;
  const timeout = AbortSignal.timeout(timeLimit);
  try {
    const response = await fetch(url, {
      method: post ? 'POST' : 'GET',
      headers: {
        accept: 'application/json, application/problem+json',
        authorization,
        ...(post && { 'content-type': 'application/json' }),
        ...(post?.idempotencyKey !== undefined && { 'idempotency-key': post.idempotencyKey }),
      },
      body: post ? JSON.stringify(post.body ?? {}) : null,
      cache: 'no-store',
      credentials: 'omit',
      // Followed, a redirect would take the token elsewhere.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return { response, text: await boundedText(response) };
  } catch (error) {
    signal?.throwIfAborted();
    throw new UnreachableError(url.origin, error);
  }
}

/** RFC 6750, section 2.1. Anything else `fetch` would refuse, and quote in its error. */
function bearerToken(text: string): string {
  const token = text.trim();
  if (/^[\w.~+/-]+=*$/.test(token)) return token;
  const detail = token === '' ? 'There is no token.' : 'What was given as a token is none.';
  throw new RefusedError(`${detail} Sign in again.`, { status: 401, code: 'not_signed_in' });
}

function parsed<Answer>(schema: z.ZodType<Answer>, text: string, url: URL): Answer {
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UnreadableAnswerError(url.href, `${issue?.path.join('.') || 'all of it'}: ${issue?.message}`);
}

function refusalOf(response: Response, text: string): RefusedError {
  const { status, headers } = response;
  const problem = problemSchema.safeParse(jsonOf(text));
  const { detail, code, requestStatus } = problem.success
    ? problem.data
    : { detail: `The service answered with an error (${status}). Try again in a moment.`, code: 'internal' };
  return new RefusedError(detail, { status, code, requestStatus, retryAfter: retryAfterIn(headers) });
}

/** Milliseconds. In the header seconds or a date, RFC 9110 section 10.2.3. */
function retryAfterIn(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
