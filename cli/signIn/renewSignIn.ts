import * as oauth from 'oauth4webapi';
import { discoverIssuer, withIssuer } from './issuer.ts';
import type { SignIn } from './keptSignIn.ts';
import { signInOf } from './signInOf.ts';

/** The sign-in with fresh tokens, from whoever issued the first ones. `undefined` where the issuer gives none any more. */
export async function renewSignIn(signIn: SignIn): Promise<SignIn | undefined> {
  const { refreshToken, issuer, parameters } = signIn;
  if (refreshToken === undefined) return undefined;
  const { server, client, options } = await discoverIssuer(signIn);
  return withIssuer(issuer, async () => {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
      ...options,
      additionalParameters: parameters,
    });
    try {
      return signInOf(await oauth.processRefreshTokenResponse(server, client, response), signIn);
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') return undefined;
      throw error;
    }
  });
}
