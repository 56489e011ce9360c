import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { withLock } from '../lock.ts';
import { usualServiceUrl } from './chosenServiceUrl.ts';
import { forgetSignIn, keepSignIn, keptSignIn, type SignIn, signInLock } from './keptSignIn.ts';

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
 * COUNTERSIGN_TOKEN as it is, where it is for this service, else the token of the last login there, renewed when it is over. `named` is the
 * service that the command line has in so many words. Throws a `CommandError` (`notSignedIn`) where nobody is signed in.
 */
export async function bearerOf(url: string, named?: string): Promise<Bearer> {
  const given = givenToken();
  const isGiven = given !== undefined && (await isGivenFor(url, named));
  if (isGiven) return { token: () => Promise.resolve(given), renew: () => Promise.resolve(false) };
  let signIn = (await keptSignIn(url)) ?? notSignedIn(url, given === undefined ? signedOut : givenElsewhere);
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

/**
 * A token belongs to the service that COUNTERSIGN_URL names beside it, else to the one of `--url`, else to that of the last login. Any other
 * one, such as that of a request that was once made there, could use it where it belongs.
 */
async function isGivenFor(url: string, named: string | undefined): Promise<boolean> {
  const owner = await usualServiceUrl(process.env.COUNTERSIGN_URL || named);
  return owner !== undefined && new URL(owner).origin === new URL(url).origin;
}

const isFresh = ({ expiresAt }: SignIn): boolean => Date.parse(expiresAt) - early > Date.now();

/** Under a lock: a refresh token that works once must not be used by two processes. The second one finds what the first one got. */
function renewed(url: string, isGood: (signIn: SignIn) => boolean): Promise<SignIn> {
  return withLock(signInLock(url), async () => {
    const kept = (await keptSignIn(url)) ?? notSignedIn(url, signedOut);
    if (isGood(kept)) return kept;
    // On a full disk or in a read-only home this fails while the refresh token is still good.
    await keepSignIn(kept);
    const { renewSignIn } = await import('./renewSignIn.ts');
    const next = await renewSignIn(kept, keepSignIn);
    if (next) return next;
    await forgetSignIn(url);
    return notSignedIn(url, 'Your sign-in is over.');
  });
}

const signedOut = 'You are not signed in.';
const givenElsewhere =
  'COUNTERSIGN_TOKEN is for another service, so it is not sent to this one. Name this one in COUNTERSIGN_URL if it is for this one.';

function notSignedIn(url: string, why: string): never {
  throw new CommandError(`${why} Sign in: countersign login ${url}`, exitCodes.notSignedIn);
}
