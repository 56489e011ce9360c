import { decodeJwt } from 'jose';
import type * as oauth from 'oauth4webapi';
import { CommandError } from '../commandError.ts';
import type { SignIn } from './keptSignIn.ts';

/** What is known before there are tokens, or stays as it was when they are renewed. */
type Known = Omit<SignIn, 'name' | 'token' | 'expiresAt'> & { name?: string };

/** What to keep of an issuer's tokens. */
export function signInOf(tokens: oauth.TokenEndpointResponse, known: Known): SignIn {
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = tokens;
  const token = known.bearer === 'id_token' ? idToken : accessToken;
  if (token === undefined)
    throw new CommandError(
      `${known.issuer} sent no ID token, and the service wants one. Sign in again: countersign login`,
    );
  // Both come over TLS from the token endpoint; who somebody is, is for the service to verify.
  const claims = { ...claimsOf(accessToken), ...claimsOf(idToken) };
  const name = [known.name, claims.email, claims.sub].find((text) => typeof text === 'string');
  const kept = refreshToken ?? known.refreshToken;
  const ends = new Date(Date.now() + lifetime(tokens, known.bearer) * 1_000);
  return {
    url: known.url,
    issuer: known.issuer,
    clientId: known.clientId,
    parameters: known.parameters,
    bearer: known.bearer,
    name: name ?? 'somebody',
    token,
    expiresAt: ends.toISOString().replace(/\.\d+/, ''),
    ...(kept !== undefined && { refreshToken: kept }),
  };
}

/** Where nobody says how long a token lives. If it is over earlier, the service says so. */
const usualLifetime = 3_600;

/** Seconds. Counted from now, not until a time by the issuer's clock: this machine's may be wrong. */
function lifetime(tokens: oauth.TokenEndpointResponse, bearer: SignIn['bearer']): number {
  const { exp, iat } = claimsOf(bearer === 'id_token' ? tokens.id_token : tokens.access_token);
  const stated = bearer === 'access_token' ? tokens.expires_in : undefined;
  if (stated !== undefined) return stated;
  if (exp === undefined) return usualLifetime;
  return Math.max(0, exp - (iat ?? Date.now() / 1_000));
}

/** Of a JWT; an access token need not be one. */
function claimsOf(token: string | undefined): ReturnType<typeof decodeJwt> {
  try {
    return token === undefined ? {} : decodeJwt(token);
  } catch {
    return {};
  }
}
