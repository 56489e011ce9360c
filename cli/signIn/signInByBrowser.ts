import * as oauth from 'oauth4webapi';
import { openBrowser } from '../openBrowser.ts';
import { remark } from '../terminal/answer.ts';
import { type Issuer, withIssuer } from './issuer.ts';
import { listenForAnswer } from './loopbackListener.ts';
import type { SignInClient } from './signInClient.ts';

/** Signs in with authorization code and PKCE; the browser comes back to a port of this machine (RFC 8252 section 7.3). */
export async function signInByBrowser(
  { server, client, options }: Issuer,
  { issuer, scope, parameters }: SignInClient,
): Promise<oauth.TokenEndpointResponse> {
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const verifier = oauth.generateRandomCodeVerifier();
  const listener = await listenForAnswer(state);
  try {
    const { redirectUri } = listener;
    const page = pageOf(server, {
      ...parameters,
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    remark('Sign in with your browser. If it does not open by itself, go to', `  ${page}`);
    void openBrowser(page);
    return await listener.answered((answer) =>
      withIssuer(issuer, async () => {
        const grant = oauth.validateAuthResponse(server, client, answer, state);
        const none = oauth.None();
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          none,
          grant,
          redirectUri,
          verifier,
          { ...options, additionalParameters: parameters },
        );
        const expected = { expectedNonce: nonce, requireIdToken: true };
        return oauth.processAuthorizationCodeResponse(server, client, response, expected);
      }),
    );
  } finally {
    listener.close();
  }
}

function pageOf(
  { authorization_endpoint: endpoint }: oauth.AuthorizationServer,
  query: Record<string, string>,
): string {
  const page = new URL(endpoint ?? '');
  for (const [name, value] of Object.entries(query)) page.searchParams.set(name, value);
  return page.href;
}
