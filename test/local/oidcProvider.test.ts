import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachineIssuer, type MachineIssuer } from '../../local/machineIssuer.ts';
import { createOidcProvider, type OidcProvider } from '../../local/oidcProvider.ts';
import { sendPlainAnswer } from '../../local/plainAnswer.ts';
import { problemAnswer } from '../../local/problem.ts';
import { openStore, type Store } from '../../local/store.ts';

const alice = { email: 'alice@example.com', name: 'Alice', groups: ['orders-team'] };
const users = [alice, { email: 'bob@example.com' }];
const http = { [oauth.allowInsecureRequests]: true };

let folder: string;
let running: Running;

interface Running {
  base: string;
  provider: OidcProvider;
  machines: MachineIssuer;
  store: Store;
  server: Server;
}

async function start(port = 0): Promise<Running> {
  const store = openStore(join(folder, 'store.sqlite'));
  const handlers: { provider?: OidcProvider; machines?: MachineIssuer } = {};
  const server = createServer((request, response) => {
    const answer = handlers.machines?.answer(request.url ?? '');
    if (answer) return sendPlainAnswer(response, answer);
    if (request.url?.startsWith('/_local/oidc')) return void handlers.provider?.handle(request, response);
    sendPlainAnswer(response, problemAnswer({ status: 404, code: 'not_found', detail: '' }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = 'countersign';
  const onError = (error: Error): void => console.error(error);
  const provider = await createOidcProvider({
    baseUrl: base,
    issuer: `${base}/_local/oidc`,
    audience,
    users,
    store,
    onError,
  });
  const machines = await createMachineIssuer({
    issuer: `${base}/_local/machines`,
    audience,
    region: 'us-east-1',
    store,
  });
  Object.assign(handlers, { provider, machines });
  return { base, provider, machines, store, server };
}

async function stop({ server, store }: Running): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  store.close();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-oidc-'));
  running = await start();
});

afterEach(async () => {
  await stop(running);
  await rm(folder, { recursive: true });
});

async function verified(token: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${running.base}/_local/oidc/jwks`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: `${running.base}/_local/oidc`,
    audience: 'countersign',
    algorithms: ['RS256'],
  });
  return payload;
}

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(running.provider.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
}

/** A browser as far as a sign-in needs one: cookies by path, redirects one at a time, forms. */
function browser() {
  const cookies = new Map<string, { value: string; path: string }>();
  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const { pathname } = new URL(url);
    const sent = [...cookies].filter(([, { path }]) => pathname.startsWith(path));
    const headers = { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') };
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { redirect: 'manual', headers, ...(body && { method: 'POST', body }) });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = '', path = '/'] = /^([^=]+)=([^;]*).*path=([^;]+)/i.exec(cookie) ?? [];
      cookies.set(name, { value, path });
    }
    const location = response.headers.get('location');
    if (!location) return response;
    const target = new URL(location, url).href;
    return target.startsWith(`${running.base}/_local/`) ? visit(target) : response;
  };
  return { visit };
}

/** The hidden fields of a page's first form, and where it leads. */
async function formOf(response: Response): Promise<{ action: string; fields: Record<string, string> }> {
  const text = await response.text();
  const form = /<form[^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/s.exec(text);
  if (!form) throw new Error(`There is no form in: ${text}`);
  const inputs = (form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  const fields = Object.fromEntries(Array.from(inputs, ([, name = '', value = '']) => [name, value]));
  return { action: new URL(form[1] ?? '', running.base).href, fields };
}

async function beginCodeFlow(client: oauth.Client, redirectUri: string) {
  const server = await discover();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(server.authorization_endpoint ?? '');
  const challenge = await oauth.calculatePKCECodeChallenge(verifier);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'where-i-was',
  }).toString();
  const finish = async (callback: string): Promise<oauth.TokenEndpointResponse> => {
    const parameters = oauth.validateAuthResponse(server, client, new URL(callback), 'where-i-was');
    const none = oauth.None();
    const request = [server, client, none, parameters, redirectUri, verifier, http] as const;
    return oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(...request),
    );
  };
  return { url: url.href, finish };
}

async function signIn(url: string, email: string, visitor = browser()): Promise<string> {
  const { action, fields } = await formOf(await visitor.visit(url));
  const response = await visitor.visit(action, { ...fields, email });
  return response.headers.get('location') ?? `status ${response.status}: ${await response.text()}`;
}

const web = { client_id: 'countersign-web' };
const cli = { client_id: 'countersign-cli' };

describe('Signing in with the browser', () => {
  it('gives an RS256 access token for the API: who, from which groups, and when', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const tokens = await flow.finish(await signIn(flow.url, 'alice@example.com'));
    const claims = await verified(tokens.access_token);
    expect(claims).toMatchObject({
      email: 'alice@example.com',
      email_verified: true,
      groups: ['orders-team'],
      auth_time: expect.any(Number),
    });
    expect(claims.sub).not.toContain('alice');
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ email: 'alice@example.com', sub: claims.sub });
  });

  it('leaves the groups claim out for somebody whose record has none', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/`);
    const tokens = await flow.finish(await signIn(flow.url, 'bob@example.com'));
    expect(await verified(tokens.access_token)).not.toHaveProperty('groups');
  });

  it('lets an address be typed: somebody in no group, whose token works like any other', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const tokens = await flow.finish(await signIn(flow.url, 'Zoe@Example.com'));
    expect(await verified(tokens.access_token)).toMatchObject({ email: 'zoe@example.com' });
  });

  it('asks who it is every time, so that one browser can play requester and approver', async () => {
    const visitor = browser();
    const first = await beginCodeFlow(web, `${running.base}/approve`);
    await first.finish(await signIn(first.url, 'alice@example.com', visitor));
    const second = await beginCodeFlow(web, `${running.base}/approve`);
    const tokens = await second.finish(await signIn(second.url, 'bob@example.com', visitor));
    expect(await verified(tokens.access_token)).toMatchObject({ email: 'bob@example.com' });
  });

  it('shows a page that is never stored, never framed, runs no script, and says that it checks no password', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const response = await browser().visit(flow.url);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    const text = await response.text();
    expect(text).toContain('checks no password');
    expect(text).not.toContain('<script');
    expect(text).toContain('alice@example.com');
  });

  it('refuses a form that did not come from its own page', async () => {
    const visitor = browser();
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const { action } = await formOf(await visitor.visit(flow.url));
    const forged = await visitor.visit(action, { email: 'alice@example.com', csrf: 'guessed' });
    expect(forged.status).toBe(403);
    const stranger = await browser().visit(action, { email: 'alice@example.com' });
    expect(stranger.status).toBe(400);
  });

  it('goes back with access_denied when the person cancels', async () => {
    const visitor = browser();
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const { action, fields } = await formOf(await visitor.visit(flow.url));
    const response = await visitor.visit(action, { ...fields, cancel: 'yes' });
    expect(response.headers.get('location')).toContain('error=access_denied');
  });

  it('refuses a code without its verifier, another redirect address and a client without PKCE', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const callback = await signIn(flow.url, 'alice@example.com');
    const other = await beginCodeFlow(web, `${running.base}/approve`);
    await expect(other.finish(callback)).rejects.toMatchObject({ error: 'invalid_grant' });
    const elsewhere = await beginCodeFlow(web, 'https://evil.example/approve');
    expect((await browser().visit(elsewhere.url)).status).toBe(400);
    const withoutPkce = new URL(flow.url);
    withoutPkce.searchParams.delete('code_challenge');
    withoutPkce.searchParams.delete('code_challenge_method');
    const refused = await browser().visit(withoutPkce.href);
    expect(refused.headers.get('location')).toContain('error=invalid_request');
  });

  it('takes a loopback address with any port for the command-line tool', async () => {
    const flow = await beginCodeFlow(cli, 'http://127.0.0.1:51234/callback');
    const callback = await signIn(flow.url, 'alice@example.com');
    expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:51234\/callback\?code=/);
    expect(await verified((await flow.finish(callback)).access_token)).toMatchObject({
      email: 'alice@example.com',
    });
  });
});

describe('Signing in with a device code', () => {
  it('gives the tool a token once the person has confirmed the code and signed in', async () => {
    const server = await discover();
    const begun = await oauth.deviceAuthorizationRequest(
      server,
      cli,
      oauth.None(),
      { scope: 'openid email' },
      http,
    );
    const device = await oauth.processDeviceAuthorizationResponse(server, cli, begun);
    const poll = async (): Promise<oauth.TokenEndpointResponse> => {
      const response = await oauth.deviceCodeGrantRequest(
        server,
        cli,
        oauth.None(),
        device.device_code,
        http,
      );
      return oauth.processDeviceCodeResponse(server, cli, response);
    };
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });

    const visitor = browser();
    const entry = await formOf(await visitor.visit(device.verification_uri));
    const unknown = await visitor.visit(entry.action, { ...entry.fields, user_code: 'XXXX-XXXX' });
    expect(await unknown.text()).toContain('not known');
    const again = await formOf(await visitor.visit(device.verification_uri));
    const confirm = await visitor.visit(again.action, { ...again.fields, user_code: device.user_code });
    expect(await confirm.clone().text()).toContain(device.user_code);
    const { action, fields } = await formOf(confirm);
    const choose = await formOf(await visitor.visit(action, fields));
    const done = await visitor.visit(choose.action, { ...choose.fields, email: 'alice@example.com' });
    expect(await done.text()).toContain('You are signed in');

    const tokens = await poll();
    expect(await verified(tokens.access_token)).toMatchObject({
      email: 'alice@example.com',
      auth_time: expect.any(Number),
    });
  });
});

describe('The command-line tool', () => {
  const renew = async (refreshToken: string): Promise<oauth.TokenEndpointResponse> => {
    const server = await discover();
    const response = await oauth.refreshTokenGrantRequest(server, cli, oauth.None(), refreshToken, http);
    return oauth.processRefreshTokenResponse(server, cli, response);
  };
  const signedIn = async (): Promise<string> => {
    const flow = await beginCodeFlow(cli, 'http://127.0.0.1:51234/callback');
    return (await flow.finish(await signIn(flow.url, 'alice@example.com'))).refresh_token ?? '';
  };

  it('renews its tokens without asking anybody, also when the browser has signed in somebody else since', async () => {
    const refreshToken = await signedIn();
    const other = await beginCodeFlow(web, `${running.base}/`);
    await signIn(other.url, 'bob@example.com');
    const tokens = await renew(refreshToken);
    expect(await verified(tokens.access_token)).toMatchObject({ email: 'alice@example.com' });
    expect(tokens.refresh_token).not.toBe(refreshToken);
  });

  it('loses its sign-in where a refresh token is used twice: one of the two users is a thief', async () => {
    const refreshToken = await signedIn();
    const { refresh_token: next = '' } = await renew(refreshToken);
    await expect(renew(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(renew(next)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('can give its refresh token back', async () => {
    const [server, refreshToken] = [await discover(), await signedIn()];
    const revoked = await oauth.revocationRequest(server, cli, oauth.None(), refreshToken, http);
    await oauth.processRevocationResponse(revoked);
    await expect(renew(refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('Tokens', () => {
  it('minted by hand say the same as those of a sign-in', async () => {
    const flow = await beginCodeFlow(web, `${running.base}/approve`);
    const tokens = await flow.finish(await signIn(flow.url, 'alice@example.com'));
    const signedIn = await verified(tokens.access_token);
    const minted = await verified(await running.provider.mintToken(alice));
    const { iat: _iat, exp: _exp, jti: _jti, auth_time: _authTime, ...rest } = signedIn;
    expect(minted).toMatchObject(rest);
    expect(Object.keys(minted).sort()).toEqual(Object.keys(signedIn).sort());
  });

  it('stay valid across a restart', async () => {
    const token = await running.provider.mintToken(alice);
    const port = Number(new URL(running.base).port);
    await stop(running);
    running = await start(port);
    expect(await verified(token)).toMatchObject({ email: 'alice@example.com' });
  });

  it("of machines have the shape of AWS's own: a role ARN, its account, five minutes", async () => {
    const roleArn = 'arn:aws:iam::444455556666:role/deployer';
    const token = await running.machines.mintToken({ name: 'deployer', roleArn });
    const metadata: { jwks_uri: string } = await (
      await fetch(`${running.machines.issuer}/.well-known/openid-configuration`)
    ).json();
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
      issuer: running.machines.issuer,
      audience: 'countersign',
      algorithms: ['ES384'],
    });
    expect(payload).toMatchObject({
      sub: roleArn,
      'https://sts.amazonaws.com/': { aws_account: '444455556666', source_region: 'us-east-1' },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  it('are signed with keys whose private part is never published', async () => {
    const sets = await Promise.all(
      ['oidc', 'machines'].map(async (name) => (await fetch(`${running.base}/_local/${name}/jwks`)).json()),
    );
    for (const { keys } of sets) {
      expect(keys).toHaveLength(1);
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(keys[0]).not.toHaveProperty(secret);
    }
  });
});
