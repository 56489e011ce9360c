import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listening } from '../listening.ts';

/** An issuer that takes a refresh token once, and its time for it. */
export async function aSlowIssuer(milliseconds: number) {
  const asked: string[] = [];
  const revoked: (string | null)[] = [];
  let good = 'first';
  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method === 'GET')
      return send(200, {
        issuer: url,
        token_endpoint: `${url}/token`,
        revocation_endpoint: `${url}/revoke`,
      });
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    if (request.url === '/revoke') {
      revoked.push(form.get('token'));
      return void response.writeHead(200).end();
    }
    const token = form.get('refresh_token') ?? '';
    asked.push(token);
    if (token !== good) return send(400, { error: 'invalid_grant' });
    good = `${token}-next`;
    await pause(milliseconds);
    send(200, { access_token: 'fresh', token_type: 'bearer', expires_in: 600, refresh_token: good });
  });
  const url: string = await listening(server);
  return {
    url,
    /** The refresh tokens that it was asked with. */
    asked,
    revoked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
