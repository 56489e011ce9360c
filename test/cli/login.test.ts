import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lacks } from '../support/needs.ts';
import { eventually, type Service, startService } from '../support/service.ts';
import { asNobody, type Run } from './runCountersign.ts';
import { aSignedInHome, type SignedInHome } from './signIn/signedInHome.ts';
import { signInAs, typeCode, Visitor } from './signIn/visitor.ts';

let service: Service;
let url: string;
let home: SignedInHome;
beforeAll(async () => {
  service = await startService();
  url = `${service.server.baseUrl}/`;
});
afterAll(() => service.stop());
beforeEach(() => {
  home = aSignedInHome();
});
afterEach(() => home.remove());

/** Starts a login that opens no browser by itself. Answers what it says once that has an address in it. */
async function beginLogin(words = [url], environment: Record<string, string> = { BROWSER: '/bin/true' }) {
  const { child, ended } = home.start(['login', ...words], { environment });
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const page = await eventually('an address', async () => /https?:\/\/\S+/.exec(said)?.[0]);
  return { child, ended, page, said: () => said };
}

const login = (user = 'alice', ...words: string[]) =>
  home.run(['login', url, ...words], { environment: { BROWSER: home.browser(user) } });

describe('countersign login', () => {
  it('opens the browser, says who is signed in until when, and lets the other commands go there as that person', async () => {
    const { code, stdout, stderr } = await login();
    expect(stdout).toMatch(/^Signed in as alice@example\.com until (\S+ )?\d\d:\d\d, renewed by itself\.\n$/);
    expect(stderr).toContain('Sign in with your browser. If it does not open by itself, go to\n  http');
    expect(code).toBe(0);
    expect((await home.run(['list', '--json'])).stdout).toContain('orders-read');
  });

  it('needs no scheme for a service on this machine', async () => {
    const { host } = new URL(url);
    const { code, stdout } = await home.run(['login', host, '--json'], {
      environment: { BROWSER: home.browser('alice') },
    });
    expect([code, JSON.parse(stdout).url]).toEqual([0, url]);
  });

  it('remembers the service and nothing else, so that signing in again needs no address', async () => {
    await login();
    const config = readFileSync(join(home.path, '.config/countersign/config.json'), 'utf8');
    expect(JSON.parse(config)).toEqual({ url });
    const again = await home.run(['login', '--json'], { environment: { BROWSER: home.browser('bob') } });
    expect(JSON.parse(again.stdout)).toEqual({
      url,
      name: 'bob@example.com',
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      isRenewed: true,
    });
  });

  it('keeps the tokens where only their owner can read them, and prints none', async () => {
    const { stdout, stderr } = await login();
    const { token, refreshToken } = home.kept();
    expect(token).toMatch(/^ey.*\..*\./);
    for (const secret of [token, refreshToken]) expect(stdout + stderr).not.toContain(secret);
    expect(statSync(home.secrets).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(home.secrets))
      expect(statSync(join(home.secrets, file)).mode & 0o777).toBe(0o600);
  });

  it('works on a machine whose clock is wrong, as long as the issuer’s is not', async () => {
    const clock = join(home.path, 'clock');
    writeFileSync(clock, String(3 * 3_600_000));
    const movedClock = new URL('./movedClock.ts', import.meta.url).href;
    const environment = {
      BROWSER: '/bin/true',
      NODE_OPTIONS: `--import=${movedClock}`,
      MOVED_CLOCK: clock,
    };
    const { ended, page } = await beginLogin([url], environment);
    await signInAs('alice@example.com', page);
    expect((await ended).stdout).toContain('Signed in as alice@example.com');
  });

  it('shows a page at the end that says so, and that is neither stored nor told to anybody', async () => {
    const { ended, page } = await beginLogin();
    const { text, headers } = await signInAs('alice@example.com', page);
    expect(text).toContain('You are signed in');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect((await ended).code).toBe(0);
  });

  it('takes one answer only: the one to its own question', async () => {
    const { ended, page } = await beginLogin();
    const callback = new URL(new URL(page).searchParams.get('redirect_uri') ?? '');
    callback.search = '?code=stolen&state=guessed';
    expect((await fetch(callback)).status).toBe(404);
    expect((await fetch(new URL('/', callback))).status).toBe(404);
    await signInAs('alice@example.com', page);
    expect((await ended).stdout).toContain('Signed in as alice@example.com');
  });

  it('refuses the answer of another issuer (RFC 9207)', async () => {
    const { ended, page } = await beginLogin();
    const { redirect_uri: callback = '', state = '' } = Object.fromEntries(new URL(page).searchParams);
    const answer = await fetch(
      `${callback}?${new URLSearchParams({ code: 'theirs', state, iss: 'https://evil.example.com' })}`,
    );
    expect(await answer.text()).toContain('You are not signed in');
    const { code, stderr } = await ended;
    expect(stderr).toContain('answered what cannot be trusted');
    expect(code).toBe(2);
    expect(existsSync(home.secrets)).toBe(false);
  });

  it('says that it was cancelled where somebody cancels on the page', async () => {
    const { ended, page } = await beginLogin();
    const visitor = new Visitor();
    const back = await visitor.submit(await visitor.visit(page), { cancel: 'yes' });
    expect(back.text).toContain('You are not signed in');
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain('The sign-in was cancelled. Begin again: countersign login');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('ends at Ctrl-C, and leaves nothing behind', async () => {
    const { child, ended, page } = await beginLogin();
    child.kill('SIGINT');
    const { signal, stdout, stderr } = await ended;
    expect([signal, stdout]).toEqual(['SIGINT', '']);
    expect(stderr).not.toContain('    at ');
    await expect(fetch(new URL(page).searchParams.get('redirect_uri') ?? '')).rejects.toThrow('fetch failed');
    expect(existsSync(home.secrets)).toBe(false);
  });

  it('shows a code instead with --device, and by itself where there is no browser', async () => {
    const remote = aSignedInHome();
    const starts = [
      home.start(['login', url, '--device'], { environment: { BROWSER: '/bin/true' } }),
      remote.start(['login', url], {
        environment: { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' },
      }),
    ];
    const finish = async ({ child, ended }: (typeof starts)[number]): Promise<Run> => {
      let said = '';
      child.stderr?.on('data', (text) => {
        said += text;
      });
      const code = await eventually('a code', async () => /\b[A-Z]{4}-[A-Z]{4}\b/.exec(said)?.[0]);
      await typeCode('dave@example.com', { url: /http\S+/.exec(said)?.[0] ?? '', code });
      return ended;
    };
    for (const { stdout } of await Promise.all(starts.map(finish)))
      expect(stdout).toMatch(/^Signed in as dave@example\.com until/);
    expect(home.kept()).toMatchObject({ name: 'dave@example.com', url });
    remote.remove();
  });

  it('asks first where COUNTERSIGN_URL names a service that this machine does not know', async () => {
    const environment = { BROWSER: home.browser('alice'), COUNTERSIGN_URL: url };
    const unasked = await home.run(['login'], { environment });
    expect(unasked.stderr).toBe(
      `COUNTERSIGN_URL names ${url}, where nobody has signed in from this machine. If it is yours, name it yourself: countersign login ${url}\n`,
    );
    expect([unasked.code, unasked.stdout, existsSync(home.secrets)]).toEqual([2, '', false]);
  });

  it.skipIf(lacks('script'))(
    'asks on the terminal, and never again once somebody has signed in there',
    async () => {
      const environment = { BROWSER: home.browser('alice'), COUNTERSIGN_URL: url };
      const asked = (word: string) =>
        home.run(['login'], { environment, terminal: 200, typed: [['[y/N]', word]] });
      const no = await asked('n');
      expect(no.stdout).toContain('It will be able to act as you. Is it your organisation’s Countersign?');
      expect([no.code, existsSync(home.secrets)]).toEqual([1, false]);
      expect((await asked('y')).stdout).toContain('Signed in as alice@example.com');
      expect((await home.run(['login'], { environment })).code).toBe(0);
    },
  );

  it('cannot go on where the home cannot be written to, and says so', async () => {
    chmodSync(home.path, 0o555);
    const environment = { BROWSER: home.browser('alice') };
    const { code, stdout, stderr } = await home.run(['login', url], { environment, ...asNobody });
    expect(stderr).toMatch(
      /cannot be written \(not allowed\)\. Make its folder writable, or name another place/,
    );
    expect([code, stdout]).toEqual([2, '']);
    chmodSync(home.path, 0o700);
  });
});

describe('Without a login', () => {
  it('commands say that nobody is signed in', async () => {
    const { code, stdout, stderr } = await home.run(['list'], { environment: { COUNTERSIGN_URL: url } });
    expect(stderr).toBe(`You are not signed in. Sign in: countersign login ${url}\n`);
    expect([code, stdout]).toEqual([3, '']);
  });

  it('COUNTERSIGN_TOKEN signs in, for tools and CI, and nothing is kept', async () => {
    const environment = { COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: await service.token('alice') };
    expect((await home.run(['list', '--json'], { environment })).stdout).toContain('orders-read');
    expect(existsSync(home.secrets)).toBe(false);
  });

  it('a COUNTERSIGN_TOKEN that is none is refused, and not repeated', async () => {
    const environment = { COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: 'canary\nX-Evil: 1' };
    const { code, stderr } = await home.run(['list'], { environment });
    expect(stderr).toContain('COUNTERSIGN_TOKEN holds no bearer token');
    expect(stderr).not.toContain('canary');
    expect(code).toBe(2);
  });
});

describe('countersign logout', () => {
  it('forgets the sign-in here, and has the issuer forget it', async () => {
    await login();
    const { refreshToken, issuer } = home.kept();
    const { code, stdout } = await home.run(['logout']);
    expect(stdout).toBe(`alice@example.com is signed out of ${url}.\n`);
    expect([code, readdirSync(home.secrets)]).toEqual([0, []]);
    const renewed = await fetch(`${issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'countersign-cli',
        refresh_token: refreshToken,
      }),
    });
    expect(await renewed.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('forgets it also where the issuer does not answer, and says so', async () => {
    await login();
    home.keep({ ...home.kept(), issuer: 'http://127.0.0.1:1' });
    const { code, stdout, stderr } = await home.run(['logout', '--json']);
    expect(stderr).toContain('http://127.0.0.1:1, where you sign in, does not answer');
    expect(stderr).toContain('Your sign-in is forgotten here');
    expect(JSON.parse(stdout)).toEqual({ url, name: 'alice@example.com', isRevoked: false });
    expect([code, readdirSync(home.secrets)]).toEqual([0, []]);
  });

  it('is no fault where nobody is signed in', async () => {
    const { code, stdout } = await home.run(['logout', url]);
    expect([code, stdout]).toEqual([0, `You were not signed in to ${url}.\n`]);
  });
});
