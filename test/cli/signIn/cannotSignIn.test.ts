import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aHome, type Home } from './signedInHome.ts';

let home: Home;
beforeEach(() => {
  home = aHome();
});
afterEach(() => home.remove());

describe('countersign login cannot go on, and says why,', () => {
  let other: Server;
  let otherUrl: string;
  let page: { status: number; text: string };
  beforeAll(async () => {
    other = createServer(({ url: path }, response) => {
      const isConfig = path === '/assets/config.json';
      response
        .writeHead(isConfig ? page.status : 503, { location: 'https://evil.example.com/' })
        .end(page.text.replace('ITSELF', otherUrl));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    otherUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  });
  afterAll(() => other.close());

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

function withIssuer(issuer: string): string {
  const client = { clientId: 'c', scope: 'openid', parameters: {}, bearer: 'access_token' };
  return JSON.stringify({ commandLine: { ...client, issuer } });
}
