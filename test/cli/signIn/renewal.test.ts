import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, type Service, startService } from '../../support/service.ts';
import { aSignedInHome, type SignedInHome } from './signedInHome.ts';
import { aSlowIssuer } from './slowIssuer.ts';

let service: Service;
let home: SignedInHome;
/** What the last renewal left: each test begins with it, and says what it left itself. */
let signIn: ReturnType<SignedInHome['kept']>;
const login = () =>
  home.run(['login', service.server.baseUrl], { environment: { BROWSER: home.browser('alice') } });

beforeAll(async () => {
  service = await startService();
  home = aSignedInHome();
  await login();
  signIn = home.kept();
});
afterAll(async () => {
  home.remove();
  await service.stop();
});
beforeEach(() => home.keep(signIn));

const over = '2026-01-01T00:00:00Z';
const list = () => home.run(['list', '--json']);

describe('A token that is over', () => {
  it('is renewed by the command that needs one', async () => {
    home.keep({ ...signIn, expiresAt: over });
    expect(await list()).toMatchObject({ code: 0, stderr: '' });
    const renewed = home.kept();
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now());
    expect(renewed.token).not.toBe(signIn.token);
    expect(renewed.refreshToken).not.toBe(signIn.refreshToken);
    expect(renewed.name).toBe('alice@example.com');
    signIn = renewed;
  });

  it('is renewed once where many commands need one: the refresh token works once, and using it again would end the sign-in', async () => {
    home.keep({ ...signIn, expiresAt: over });
    const runs = await Promise.all(Array.from({ length: 5 }, list));
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
    home.keep({ ...home.kept(), expiresAt: over });
    expect(await list()).toMatchObject({ code: 0 });
    signIn = home.kept();
  });

  it('is renewed also where this machine believes it to be good: its clock may be wrong', async () => {
    await service.advance('PT2H');
    expect(await list()).toMatchObject({ code: 0, stderr: '' });
    expect(home.kept().token).not.toBe(signIn.token);
    signIn = home.kept();
  });

  it('ends the sign-in where the issuer renews it no more', async () => {
    home.keep({ ...signIn, expiresAt: over, refreshToken: 'withdrawn' });
    const { code, stdout, stderr } = await list();
    expect(JSON.parse(stderr).error.message).toBe(
      `Your sign-in is over. Sign in: countersign login ${service.server.baseUrl}/`,
    );
    expect([code, stdout]).toEqual([3, '']);
    expect(readdirSync(home.secrets)).toEqual([]);
  });

  it('ends the sign-in where the issuer gave no refresh token', async () => {
    home.keep({ ...signIn, expiresAt: over, refreshToken: undefined });
    expect((await list()).code).toBe(3);
  });

  it('is kept for the next time where the issuer does not answer', async () => {
    const unreachable = { ...signIn, expiresAt: over, issuer: 'http://127.0.0.1:1' };
    home.keep(unreachable);
    const { code, stderr } = await home.run(['list']);
    expect(stderr).toContain('http://127.0.0.1:1, where you sign in, does not answer');
    expect(code).toBe(5);
    expect(home.kept()).toEqual(unreachable);
  });
});

describe('While a token is renewed', () => {
  let issuer: Awaited<ReturnType<typeof aSlowIssuer>>;
  beforeEach(async () => {
    issuer = await aSlowIssuer(1_000);
    home.keep({ ...signIn, expiresAt: over, issuer: issuer.url, refreshToken: 'first' });
  });
  afterEach(() => issuer.stop());

  /** Starts a command that renews. Answers it once the issuer has been asked. */
  async function renewing() {
    const started = home.start(['list']);
    await eventually('a renewal', async () => issuer.asked[0]);
    return started;
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s waits until what came is kept: the old refresh token is used up',
    async (name) => {
      const { child, ended } = await renewing();
      child.kill(name);
      expect((await ended).signal).toBe(name);
      expect(home.kept()).toMatchObject({ token: 'fresh', refreshToken: 'first-next' });
    },
  );

  it('a logout waits, and what came is forgotten, here and there', async () => {
    const { ended } = await renewing();
    const { stdout } = await home.run(['logout']);
    expect(stdout).toContain('alice@example.com is signed out');
    await ended;
    // The service does not know the token that came, so the command may have renewed again before the logout's turn.
    expect(issuer.revoked).toEqual([`${issuer.asked.at(-1)}-next`]);
    expect(readdirSync(home.secrets)).toEqual([]);
  });

  it('a login as somebody else waits, and is what counts', async () => {
    issuer.stop();
    issuer = await aSlowIssuer(4_000);
    home.keep({ ...signIn, expiresAt: over, issuer: issuer.url, refreshToken: 'first' });
    const { ended } = await renewing();
    const environment = { BROWSER: home.browser('bob') };
    expect((await home.run(['login', service.server.baseUrl], { environment })).code).toBe(0);
    await ended;
    expect(home.kept().name).toBe('bob@example.com');
  });
});

describe('What is kept of a sign-in', () => {
  it('counts for nothing where it is for another service', async () => {
    home.keep({ ...signIn, url: 'https://other.example.com/' });
    expect((await list()).code).toBe(3);
  });

  it.each(['', '{', '{"token":"canary"}'])('counts for nothing where it is damaged: %j', async (text) => {
    home.keep(text);
    const { code, stderr } = await home.run(['list']);
    expect(stderr).toContain('You are not signed in. Sign in: countersign login');
    expect(stderr).not.toContain('canary');
    expect(code).toBe(3);
  });

  it('is written anew by the next login where it is damaged', async () => {
    home.keep('{');
    expect((await login()).code).toBe(0);
    expect((await list()).code).toBe(0);
    signIn = home.kept();
  });
});

it('In a read-only home a token is used, and not renewed: what came instead of a refresh token that works once would be lost', async () => {
  const somebody = home.giveAway();
  const state = join(home.path, '.local/state/countersign');
  for (const folder of [state, home.secrets]) chmodSync(folder, 0o500);
  expect((await home.run(['list'], somebody)).code).toBe(0);
  home.keep({ ...signIn, expiresAt: over });
  const { code, stderr } = await home.run(['list'], somebody);
  expect(stderr).toMatch(/cannot be written \(not allowed\)\. Make its folder writable/);
  expect(code).toBe(2);
  for (const folder of [state, home.secrets]) chmodSync(folder, 0o700);
  expect((await home.run(['list'], somebody)).code).toBe(0);
});
