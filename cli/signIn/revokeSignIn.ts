import * as oauth from 'oauth4webapi';
import { discoverIssuer, withIssuer } from './issuer.ts';
import type { SignIn } from './keptSignIn.ts';

/** Has the issuer forget the refresh token. Answers whether there was one, and a place that does so (RFC 7009). */
export async function revokeSignIn(signIn: SignIn): Promise<boolean> {
  const { refreshToken, issuer } = signIn;
  if (refreshToken === undefined) return false;
  const { server, client, options } = await discoverIssuer(signIn);
  if (!server.revocation_endpoint) return false;
  await withIssuer(issuer, async () => {
    const response = await oauth.revocationRequest(server, client, oauth.None(), refreshToken, {
      ...options,
      additionalParameters: { token_type_hint: 'refresh_token' },
    });
    await oauth.processRevocationResponse(response);
  });
  return true;
}
