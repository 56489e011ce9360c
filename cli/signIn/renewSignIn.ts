import * as oauth from 'oauth4webapi';
import { untilInterrupted } from '../terminal/untilInterrupted.ts';
import { discoverIssuer, type Issuer, withIssuer } from './issuer.ts';
import type { SignIn } from './keptSignIn.ts';
import { signInOf } from './signInOf.ts';

/**
 * The sign-in with fresh tokens, from whoever issued the first ones, once `keep` has it. `undefined` where the issuer gives none any more.
 */
export async function renewSignIn(
  signIn: SignIn,
  keep: (renewed: SignIn) => Promise<void>,
): Promise<SignIn | undefined> {
  const { refreshToken } = signIn;
  if (refreshToken === undefined) return undefined;
  const issuer = await discoverIssuer(signIn);
  // Ctrl-C has to wait: most issuers take a refresh token once, and end the sign-in when it comes again.
  return untilInterrupted(async () => {
    const renewed = await withIssuer(signIn.issuer, () => refreshed(issuer, refreshToken, signIn));
    if (renewed) await keep(renewed);
    return renewed;
  });
}

async function refreshed(
  { server, client, options }: Issuer,
  refreshToken: string,
  signIn: SignIn,
): Promise<SignIn | undefined> {
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
    ...options,
    additionalParameters: signIn.parameters,
  });
  try {
    return signInOf(await oauth.processRefreshTokenResponse(server, client, response), signIn);
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') return undefined;
    throw error;
  }
}
