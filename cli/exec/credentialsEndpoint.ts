import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '../sessions/credentialsOf.ts';
import { OverError } from '../sessions/overError.ts';

/** Where a command's AWS tools ask for credentials, again and again. */
export interface CredentialsEndpoint {
  uri: string;
  /** Whoever has it gets the credentials. */
  token: string;
  close(): void;
}

/**
 * Hands out credentials as the agent of a container does, on this machine alone:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function startCredentialsEndpoint(
  session: () => Promise<Session>,
): Promise<CredentialsEndpoint> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    void answerTo(request, response, { host: `127.0.0.1:${port}`, token, session });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The command's end is the endpoint's, whatever its tools keep open.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/credentials`,
    token,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Expected {
  host: string;
  token: string;
  session(): Promise<Session>;
}

async function answerTo(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  { host, token, session }: Expected,
): Promise<void> {
  const refuse = (status: number, code: string, message: string): void =>
    send(response, status, { code, message });
  // A web page can bring a browser to call this under a name of its own, which the browser then says.
  if (headers.host !== host) return refuse(403, 'WrongHost', 'This answers to its own address only.');
  if (method !== 'GET' || url !== '/credentials') return refuse(404, 'NotFound', 'There is nothing here.');
  if (!isSame(headers.authorization ?? '', token))
    return refuse(401, 'WrongToken', 'Send AWS_CONTAINER_AUTHORIZATION_TOKEN as the Authorization header.');
  try {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (await session()).credentials;
    send(response, 200, { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The credentials could not be renewed.';
    if (error instanceof OverError) refuse(410, 'GrantOver', message);
    else refuse(503, 'NotRenewed', message);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** In a time that does not depend on where the two differ, nor on their lengths. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(hashOf(given), hashOf(token));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
