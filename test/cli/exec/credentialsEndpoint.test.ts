import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CredentialsEndpoint, startCredentialsEndpoint } from '../../../cli/exec/credentialsEndpoint.ts';
import type { Session } from '../../../cli/sessions/credentialsOf.ts';
import { OverError } from '../../../cli/sessions/overError.ts';

const session: Session = {
  requestId: '01K00000000000000000000000',
  credentials: {
    Version: 1,
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'secret',
    SessionToken: 'token',
    Expiration: '2026-11-22T14:15:00Z',
  },
  sessionExpiresAt: '2026-11-22T14:15:00Z',
  grantEndsAt: '2026-11-22T16:00:00Z',
  askedAt: '2026-11-22T14:00:00Z',
  isNew: false,
};

let endpoint: CredentialsEndpoint;
let answer: () => Promise<Session>;
beforeEach(async () => {
  answer = () => Promise.resolve(session);
  endpoint = await startCredentialsEndpoint(() => answer());
});
afterEach(() => endpoint.close());

interface Call {
  headers?: Record<string, string>;
  method?: string;
  path?: string;
}

function call({ headers = {}, method = 'GET', path }: Call = {}): Promise<{ status: number; body: unknown }> {
  const url = new URL(path ?? endpoint.uri, endpoint.uri);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { authorization: endpoint.token, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    sent.on('error', reject).end();
  });
}

test('answers as the agent of a container does, with the token', async () => {
  expect(await call()).toEqual({
    status: 200,
    body: {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'secret',
      Token: 'token',
      Expiration: '2026-11-22T14:15:00Z',
    },
  });
});

describe('refuses', () => {
  test.each<[string, Call, number]>([
    ['no token', { headers: { authorization: '' } }, 401],
    ['another token', { headers: { authorization: 'x'.repeat(43) } }, 401],
    ['a part of the token', { headers: { authorization: 'x' } }, 401],
    ['a name that a web page gave to this address', { headers: { host: 'evil.example:80' } }, 403],
    ['this address without its port', { headers: { host: '127.0.0.1' } }, 403],
    ['localhost, which is not what the command was told', { headers: { host: 'localhost' } }, 403],
    ['another method', { method: 'POST' }, 404],
    ['another path', { path: '/' }, 404],
  ])('%s', async (_, how, status) => {
    const refused = await call(how);
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body)).not.toContain('secret');
  });
});

test('says that the grant is over, in the words that AWS’s tools pass on', async () => {
  answer = () => Promise.reject(new OverError('The grant is over since 16:00.'));
  expect(await call()).toEqual({
    status: 410,
    body: { code: 'GrantOver', message: 'The grant is over since 16:00.' },
  });
});

test('a renewal that failed may be asked for again', async () => {
  answer = () => Promise.reject(new Error('No network.'));
  expect((await call()).status).toBe(503);
  answer = () => Promise.resolve(session);
  expect((await call()).status).toBe(200);
});
