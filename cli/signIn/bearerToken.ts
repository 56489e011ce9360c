import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { withLock } from '../lock.ts';
import { forgetSignIn, hashOfUrl, keepSignIn, keptSignIn, type SignIn } from './keptSignIn.ts';

/** What a service is called with. */
export interface Bearer {
  /** A token that should be good for the next call. */
  token(): Promise<string>;
  /** To be called where the service did not take it. Answers whether there is another one now. */
  renew(): Promise<boolean>;
}

/** So much earlier a token counts as over: it has to live until the service has read it. */
const early = 30_000;

/**
 * COUNTERSIGN_TOKEN as it is, else the token of the last login, renewed when it is over. Throws a `CommandError` (`notSignedIn`) where
 * nobody is signed in.
 */
export async function bearerOf(url: string): Promise<Bearer> {
  const given = givenToken();
  if (given !== undefined)
    return { token: () => Promise.resolve(given), renew: () => Promise.resolve(false) };
  let signIn = (await keptSignIn(url)) ?? notSignedIn(url, 'You are not signed in.');
  return {
    async token() {
      if (!isFresh(signIn)) signIn = await renewed(url, isFresh);
      return signIn.token;
    },
    async renew() {
      const refused = signIn.token;
      if (signIn.refreshToken === undefined) return false;
      signIn = await renewed(url, ({ token }) => token !== refused);
      return true;
    },
  };
}

/** The token of whoever runs the command, for tools and CI. Throws a `CommandError` for what is none. */
export function givenToken(): string | undefined {
  const token = process.env.COUNTERSIGN_TOKEN?.trim();
  if (!token) return undefined;
  // RFC 6750 section 2.1. Anything else fetch would refuse, in an error that quotes it.
  if (!/^[\w.~+/-]+=*$/.test(token))
    throw new CommandError(
      'COUNTERSIGN_TOKEN holds no bearer token. Set it to one, or unset it and sign in: countersign login',
    );
  return token;
}

const isFresh = ({ expiresAt }: SignIn): boolean => Date.parse(expiresAt) - early > Date.now();

/** Under a lock: a refresh token that works once must not be used by two processes. The second one finds what the first one got. */
function renewed(url: string, isGood: (signIn: SignIn) => boolean): Promise<SignIn> {
  return withLock(`token-${hashOfUrl(url)}`, async () => {
    const kept = (await keptSignIn(url)) ?? notSignedIn(url, 'You are not signed in.');
    if (isGood(kept)) return kept;
    // On a full disk or in a read-only home this fails while the refresh token is still good.
    await keepSignIn(kept);
    const { renewSignIn } = await import('./renewSignIn.ts');
    const next = await renewSignIn(kept);
    if (!next) {
      await forgetSignIn(url);
      return notSignedIn(url, 'Your sign-in is over.');
    }
    await keepSignIn(next);
    return next;
  });
}

function notSignedIn(url: string, why: string): never {
  throw new CommandError(`${why} Sign in: countersign login ${url}`, exitCodes.notSignedIn);
}
