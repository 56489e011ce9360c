import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listening } from '../listening.ts';
import { aSignedInHome, type SignedInHome } from './signedInHome.ts';

let home: SignedInHome;
beforeEach(() => {
  home = aSignedInHome();
});
afterEach(() => home.remove());

describe('countersign login cannot go on, and says why,', () => {
  let other: Server;
  let otherUrl: string;
  let page: { status: number; text: string };
  /** What the issuer says of itself; without it, it is down. */
  let discovered: string | undefined;
  beforeAll(async () => {
    other = createServer(({ url: path }, response) => {
      const isConfig = path === '/assets/config.json';
      const isDiscovery = !isConfig && discovered !== undefined;
      response
        .writeHead(isDiscovery ? 200 : isConfig ? page.status : 503, {
          location: 'https://evil.example.com/',
          'content-type': 'application/json',
        })
        .end((isDiscovery ? (discovered ?? '') : page.text).replaceAll('ITSELF', otherUrl));
    });
    otherUrl = `${await listening(other)}/`;
  });
  afterAll(() => other.close());
  beforeEach(() => {
    discovered = undefined;
  });

  it.each([
    ['another site', { status: 200, text: '<!doctype html>' }, 'There is no Countersign at', 2],
    ['nothing of that name', { status: 404, text: '{}' }, 'it answers 404. Check the address.', 2],
    ['a way to elsewhere', { status: 302, text: '{}' }, 'it answers 302. Check the address.', 2],
    [
      'a service without a sign-in for commands',
      { status: 200, text: '{}' },
      'bring a token of its issuer',
      2,
    ],
    [
      'a sign-in of another form',
      { status: 200, text: '{"commandLine":{}}' },
      'bring this command up to date',
      2,
    ],
    ['an answer without an end', { status: 200, text: ' '.repeat(200_000) }, 'There is no Countersign at', 2],
    ...['resource', 'audience'].map((name): [string, typeof page, string, number] => [
      `a ${name} at another address: an impostor may name the issuer of the real service, and its audience`,
      { status: 200, text: withIssuer('ITSELF', { [name]: 'https://access.example.com/api' }) },
      'asks for tokens that are meant for https://access.example.com, so it may be an impostor: nothing was sent.',
      2,
    ]),
    [
      'an issuer that is down, and an audience at the service itself',
      { status: 200, text: withIssuer('ITSELF', { resource: 'ITSELF' }) },
      'where you sign in, does not answer',
      5,
    ],
    [
      'an issuer in the clear',
      { status: 200, text: withIssuer('http://login.example.com') },
      'The issuer http://login.example.com/ is not safe',
      2,
    ],
    [
      'an issuer that is not there',
      { status: 200, text: withIssuer('http://127.0.0.1:1') },
      'http://127.0.0.1:1, where you sign in, does not answer',
      5,
    ],
    [
      'an issuer that is down',
      { status: 200, text: withIssuer('ITSELF') },
      'where you sign in, does not answer (no network, or it is down)',
      5,
    ],
  ])('where there is %s', async (_what, answered, sentence, expected) => {
    page = answered;
    const { code, stdout, stderr } = await home.run(['login', otherUrl]);
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([expected, '']);
    expect(existsSync(home.secrets)).toBe(false);
  });

  it.each(['nonsense', 'javascript:alert(1)', 'file:///etc/passwd', 'http://login.example.com/auth'])(
    'where the issuer sends people to %s',
    async (address) => {
      page = { status: 200, text: withIssuer('ITSELF') };
      discovered = JSON.stringify({ issuer: 'ITSELF', authorization_endpoint: address });
      const { code, stdout, stderr } = await home.run(['login', otherUrl], {
        environment: { BROWSER: '/bin/true' },
      });
      expect(stderr).toContain(`answered what cannot be trusted: “${address}” is no safe address.`);
      expect([code, stdout]).toEqual([2, '']);
    },
  );

  it('where the issuer’s answer is without an end', async () => {
    page = { status: 200, text: withIssuer('ITSELF') };
    discovered = ' '.repeat(2_000_000);
    const { code, stderr } = await home.run(['login', otherUrl]);
    expect(stderr).toContain('answers more than can be read');
    expect(code).toBe(2);
  });

  it.each([
    ['nobody answers', ['http://127.0.0.1:1'], 'Countersign does not answer at http://127.0.0.1:1/.', 5],
    ['tokens would travel in the clear', ['http://access.example.com'], 'in the clear: use https', 2],
    ['no service is known', [], 'countersign login https://access.example.com', 2],
  ])('where %s', async (_what, words, sentence, expected) => {
    const { code, stderr } = await home.run(['login', ...words]);
    expect(stderr).toContain(sentence);
    expect(code).toBe(expected);
  });
});

function withIssuer(issuer: string, parameters: Record<string, string> = {}): string {
  const client = { clientId: 'c', scope: 'openid', parameters, bearer: 'access_token' };
  return JSON.stringify({ commandLine: { ...client, issuer } });
}
