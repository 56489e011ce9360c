import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signInOf } from '../../../cli/signIn/signInOf.ts';

const now = Date.parse('2026-11-22T13:00:00Z');
beforeEach(() => vi.useFakeTimers({ now, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const known = {
  url: 'https://access.example.com/',
  issuer: 'https://login.example.com',
  clientId: 'countersign-cli',
  parameters: {},
  bearer: 'access_token',
} as const;

/** A token that says this of itself; nobody here verifies it. */
const jwt = (claims: object): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

const seconds = now / 1_000;
const tokens = { access_token: 'opaque', token_type: 'bearer' } as const;

describe('A token is good', () => {
  it('for as long as the issuer says', () => {
    const signIn = signInOf({ ...tokens, expires_in: 900 }, known);
    expect(signIn).toMatchObject({ token: 'opaque', expiresAt: '2026-11-22T13:15:00Z' });
  });

  it('for as long as it says itself, counted from here: this clock may differ from the issuer’s', () => {
    const claims = { iat: seconds - 7_200, exp: seconds - 7_200 + 600 };
    const signIn = signInOf({ ...tokens, access_token: jwt(claims) }, known);
    expect(signIn.expiresAt).toBe('2026-11-22T13:10:00Z');
  });

  it('until it says, where it does not say since when', () => {
    const signIn = signInOf({ ...tokens, access_token: jwt({ exp: seconds + 60 }) }, known);
    expect(signIn.expiresAt).toBe('2026-11-22T13:01:00Z');
  });

  it('for an hour where nobody says', () => {
    expect(signInOf(tokens, known).expiresAt).toBe('2026-11-22T14:00:00Z');
  });
});

describe('Where the service goes by ID tokens', () => {
  const bearer = { ...known, bearer: 'id_token' } as const;

  it('that is what is kept, for its own time', () => {
    const idToken = jwt({ email: 'alice@example.com', iat: seconds, exp: seconds + 300 });
    expect(signInOf({ ...tokens, expires_in: 9_000, id_token: idToken }, bearer)).toMatchObject({
      name: 'alice@example.com',
      token: idToken,
      expiresAt: '2026-11-22T13:05:00Z',
    });
  });

  it('an issuer that sends none is no way to sign in', () => {
    expect(() => signInOf(tokens, bearer)).toThrow('sent no ID token, and the service wants one');
  });
});

describe('Whoever signed in is called', () => {
  it.each([
    [{ email: 'alice@example.com', sub: '1' }, 'alice@example.com'],
    [{ sub: '1' }, '1'],
    [{ email: 7 }, 'somebody'],
  ])('by the ID token %j: %s', (claims, name) => {
    expect(signInOf({ ...tokens, id_token: jwt(claims) }, known).name).toBe(name);
  });

  it('the same when the tokens are renewed', () => {
    expect(signInOf(tokens, { ...known, name: 'alice@example.com' }).name).toBe('alice@example.com');
  });
});

it('A refresh token is kept until there is another one', () => {
  const first = signInOf({ ...tokens, refresh_token: 'first' }, known);
  expect(first.refreshToken).toBe('first');
  expect(signInOf(tokens, first).refreshToken).toBe('first');
  expect(signInOf({ ...tokens, refresh_token: 'second' }, first).refreshToken).toBe('second');
  expect(signInOf(tokens, known)).not.toHaveProperty('refreshToken');
});

it('Nothing is kept that belongs to signing in only', () => {
  const client = { ...known, scope: 'openid' };
  expect(signInOf(tokens, client)).not.toHaveProperty('scope');
});
