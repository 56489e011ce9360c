import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { isLoopback } from '#client/safeAddress.ts';

const configSchema = z.object({
  issuer: z.url(),
  clientId: z.string().min(1),
  scope: z.string().min(1),
  /** What the issuer wants to hear beside OIDC's own. */
  parameters: z.record(z.string(), z.string()),
  /** Which token the API is called with. */
  bearer: z.enum(['access_token', 'id_token']),
});

/** Where people sign in, as `GET /assets/config.json` says. */
export type SignInConfig = z.infer<typeof configSchema>;

/** Who is signed in. Kept in memory only: a reload signs in again. */
export interface Account {
  /** What the API is called with. */
  bearerToken: string;
  issuer: string;
  subject: string;
  /** For the person to see; the API goes by the token alone. */
  name: string;
}

const pendingSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
const key = 'countersign.signIn';

export async function loadSignInConfig(): Promise<SignInConfig> {
  const response = await fetch('assets/config.json');
  if (!response.ok) throw new Error(`The page's settings could not be loaded (${response.status}).`);
  return configSchema.parse(await response.json());
}

/** Leaves for the issuer's page: authorization code with PKCE. `again` asks for other credentials than the last ones. */
export async function beginSignIn(config: SignInConfig, { again = false } = {}): Promise<void> {
  const server = await discover(config);
  if (!server.authorization_endpoint) throw new Error('The issuer names no authorization endpoint.');
  const pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  sessionStorage.setItem(key, JSON.stringify(pending));
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    ...config.parameters,
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: config.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...(again && { prompt: 'login' }),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

/** Whether the browser has just come back from the issuer's page. */
export const comesFromSignIn = (): boolean => {
  const answer = new URLSearchParams(location.search);
  return answer.has('state') && (answer.has('code') || answer.has('error'));
};

/**
 * Finishes the sign-in that this tab began: state, nonce, issuer and audience are checked. Throws when the answer is
 * not the one that was asked for, or when the person cancelled.
 */
export async function finishSignIn(config: SignInConfig): Promise<Account> {
  const answer = new URL(location.href);
  // The code works once; it need not stay in the history.
  history.replaceState(null, '', location.pathname);
  const stored = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (stored === null) throw new Error('This sign-in was not begun in this tab. Start again.');
  const { state, nonce, verifier } = pendingSchema.parse(JSON.parse(stored));
  const server = await discover(config);
  const client = { client_id: config.clientId };
  const parameters = oauth.validateAuthResponse(server, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    verifier,
    { ...requestOptions(config.issuer), additionalParameters: config.parameters },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (!claims) throw new Error('The issuer sent no ID token.');
  const name = typeof claims.email === 'string' ? claims.email : claims.sub;
  const { access_token: accessToken, id_token: idToken } = tokens;
  const bearerToken = config.bearer === 'id_token' && idToken !== undefined ? idToken : accessToken;
  return { bearerToken, issuer: claims.iss, subject: claims.sub, name };
}

async function discover({ issuer }: SignInConfig): Promise<oauth.AuthorizationServer> {
  const identifier = new URL(issuer);
  const response = await oauth.discoveryRequest(identifier, requestOptions(issuer));
  return oauth.processDiscoveryResponse(identifier, response);
}

/**
 * INSECURE, and only for the local server: plain http is allowed to a loopback address, which never leaves the machine.
 * Any other issuer has to speak https.
 */
function requestOptions(issuer: string): { [oauth.allowInsecureRequests]?: boolean } {
  const url = new URL(issuer);
  return url.protocol === 'http:' && isLoopback(url) ? { [oauth.allowInsecureRequests]: true } : {};
}

const redirectUri = (): string => location.origin + location.pathname;
