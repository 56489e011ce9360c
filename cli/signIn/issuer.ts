import * as oauth from 'oauth4webapi';
import { boundedText } from '#client/boundedText.ts';
import { isSafe } from '#client/safeAddress.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';

/** An issuer as it describes itself, and how it is called. */
export interface Issuer {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  options: RequestOptions;
}

interface RequestOptions {
  signal: () => AbortSignal;
  [oauth.allowInsecureRequests]?: boolean;
  [oauth.customFetch]: typeof boundedFetch;
}

/** Asks an issuer what it can do. Throws a `CommandError` for one that is not reached safely, or not at all. */
export async function discoverIssuer(of: { issuer: string; clientId: string }): Promise<Issuer> {
  const identifier = new URL(of.issuer);
  const options = requestOptions(identifier);
  return withIssuer(of.issuer, async () => {
    const response = await oauth.discoveryRequest(identifier, options);
    const server = await oauth.processDiscoveryResponse(identifier, response);
    for (const name of endpoints) if (server[name] !== undefined) safePage(of.issuer, server[name]);
    return { server, client: { client_id: of.clientId, [oauth.clockSkew]: skewOf(response) }, options };
  });
}

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'device_authorization_endpoint',
  'revocation_endpoint',
] as const;

/** An address that an issuer sends somebody to. Throws a `CommandError` for what is none, and for one in the clear. */
export function safePage(issuer: string, text: string): URL {
  const page = URL.parse(text);
  if (page && isSafe(page)) return page;
  throw new CommandError(
    `${issuer}, where you sign in, answered what cannot be trusted: “${visibleLine(text)}” is no safe address. Tell the service’s platform team.`,
  );
}

/** Seconds that the issuer's clock is ahead of this machine's: its tokens are judged by its own clock. */
function skewOf({ headers }: Response): number {
  const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
  return Number.isNaN(ahead) ? 0 : Math.round(ahead / 1_000);
}

/** INSECURE, and only for issuers on this machine: plain http that never leaves it. Any other has to speak https. */
function requestOptions(identifier: URL): RequestOptions {
  if (!isSafe(identifier))
    throw new CommandError(
      `The issuer ${identifier.href} is not safe: what is typed there would travel in the clear. Tell the service’s platform team.`,
    );
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  const options = { signal, [oauth.customFetch]: boundedFetch };
  return identifier.protocol === 'http:' ? { ...options, [oauth.allowInsecureRequests]: true } : options;
}

/** An issuer's answers are short; one that is not must not fill the memory. */
async function boundedFetch(url: string, init: object): Promise<Response> {
  const response = await fetch(url, init);
  const { status, statusText, headers } = response;
  const text = await boundedText(response, longestIssuerAnswer);
  if (text === undefined)
    throw new CommandError(
      `${new URL(url).origin}, where you sign in, answers more than can be read. Tell the service’s platform team.`,
    );
  return new Response(text === '' ? null : text, { status, statusText, headers });
}

/** Bytes. */
const longestIssuerAnswer = 1_000_000;

/** Talks with an issuer, and says in a sentence what went wrong there. Its answers may hold tokens: they are never quoted. */
export async function withIssuer<Result>(issuer: string, talk: () => Promise<Result>): Promise<Result> {
  try {
    return await talk();
  } catch (error) {
    throw error instanceof CommandError ? error : complaintAbout(issuer, error);
  }
}

function complaintAbout(issuer: string, error: unknown): unknown {
  if (error instanceof oauth.AuthorizationResponseError)
    return error.error === 'access_denied'
      ? new CommandError('The sign-in was cancelled. Begin again: countersign login', exitCodes.no)
      : new CommandError(refusalOf(issuer, error), exitCodes.no);
  if (error instanceof oauth.ResponseBodyError)
    return new CommandError(refusalOf(issuer, error), exitCodes.no);
  if (isUnreachable(error))
    return new CommandError(
      `${issuer}, where you sign in, does not answer (no network, or it is down). Check the connection, or countersign doctor.`,
      exitCodes.unreachable,
    );
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
    return new CommandError(
      `${issuer}, where you sign in, answered what cannot be trusted: ${visibleLine(error.message)}. Begin again: countersign login`,
    );
  return error;
}

const refusalOf = (
  issuer: string,
  { error, error_description: description }: { error: string; error_description?: string | undefined },
): string =>
  `${issuer} refuses the sign-in: ${visibleLine([error, description].filter(Boolean).join(': '))}. Begin again, or tell the service’s platform team.`;

/** No answer at all, or one of the kind that a proxy gives for it. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === 'TimeoutError' || error.name === 'AbortError';
  // The second one breaks off in the middle of an answer.
  if (error instanceof TypeError) return ['fetch failed', 'terminated'].includes(error.message);
  return (
    error instanceof oauth.OperationProcessingError &&
    error.code === oauth.RESPONSE_IS_NOT_CONFORM &&
    error.cause instanceof Response &&
    error.cause.status >= 500
  );
}
