import * as oauth from 'oauth4webapi';
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
}

/** Asks an issuer what it can do. Throws a `CommandError` for one that is not reached safely, or not at all. */
export async function discoverIssuer(of: { issuer: string; clientId: string }): Promise<Issuer> {
  const identifier = new URL(of.issuer);
  const options = requestOptions(identifier);
  return withIssuer(of.issuer, async () => {
    const response = await oauth.discoveryRequest(identifier, options);
    const server = await oauth.processDiscoveryResponse(identifier, response);
    return { server, client: { client_id: of.clientId, [oauth.clockSkew]: skewOf(response) }, options };
  });
}

/** Seconds that the issuer's clock is ahead of this machine's: its tokens are judged by its own clock. */
function skewOf({ headers }: Response): number {
  const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
  return Number.isNaN(ahead) ? 0 : Math.round(ahead / 1_000);
}

/** INSECURE, and only for issuers on this machine: plain http that never leaves it. Any other has to speak https. */
function requestOptions(identifier: URL): RequestOptions {
  const { protocol, hostname } = identifier;
  const isLocal = protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol !== 'https:' && !isLocal)
    throw new CommandError(
      `The issuer ${identifier.href} is not safe: what is typed there would travel in the clear. Tell the service’s platform team.`,
    );
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  return isLocal ? { signal, [oauth.allowInsecureRequests]: true } : { signal };
}

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
  if (error instanceof TypeError) return error.message === 'fetch failed';
  return (
    error instanceof oauth.OperationProcessingError &&
    error.code === oauth.RESPONSE_IS_NOT_CONFORM &&
    error.cause instanceof Response &&
    error.cause.status >= 500
  );
}
