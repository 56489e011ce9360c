import type { JWK } from 'jose';
import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { pageHeaders } from './htmlPage.ts';
import { createOidcAdapter } from './oidcAdapter.ts';
import { deviceCodePage, deviceConfirmPage, messagePage } from './oidcPages.ts';
import { claimsOf, type SampleUser } from './sampleUser.ts';
import type { Store } from './store.ts';

export interface OidcConfigurationOptions {
  baseUrl: string;
  issuer: string;
  audience: string;
  store: Store;
  signingKey: JWK;
  cookieSecret: string;
  /** The user of a subject, undefined for an unknown one. */
  userOf(subject: string): SampleUser | undefined;
}

export const accessTokenSeconds = 3600;
/** The resource indicator (RFC 8707) of the API; it must be a URI, the tokens' audience need not. */
export const apiResource = 'urn:countersign:api';
/** Loopback addresses with any port: a command-line tool listens where it can. */
export const loopbackTargets = 'http://127.0.0.1:* http://localhost:*';

/** The `countersign` command. */
export const commandLineClient = 'countersign-cli';

const scopes = 'openid email profile groups offline_access';

const { Check, base } = interactionPolicy;

/** The local OpenID provider: two public clients, PKCE, device flow, and access tokens that are RS256 JWTs. */
export function oidcConfiguration(options: OidcConfigurationOptions): Configuration {
  return {
    adapter: createOidcAdapter(options.store),
    clients: clientsOf(options.baseUrl),
    clientBasedCORS: (_context, origin) => origin === options.baseUrl,
    claims: {
      openid: ['sub', 'auth_time'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups'],
    },
    // The page reads who is signed in from the ID token: an access token for an API opens no userinfo endpoint.
    conformIdTokenClaims: false,
    cookies: { keys: [options.cookieSecret], long: cookieOptions(options), short: cookieOptions(options) },
    // As most issuers do it: asking for a refresh token takes no further consent, and it outlives the browser's session.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: (_context, source) => source.clientId !== commandLineClient,
    extraTokenClaims: (context, token) => {
      const user = 'accountId' in token ? options.userOf(token.accountId) : undefined;
      return user && { ...claimsOf(user), ...authTimeOf(context) };
    },
    features: featuresOf(options.audience),
    findAccount: (_context, subject) => {
      const user = options.userOf(subject);
      return user && { accountId: subject, claims: () => ({ sub: subject, ...claimsOf(user) }) };
    },
    interactions: {
      policy: signInPolicy(),
      url: (_context, { uid }) => `${new URL(options.issuer).pathname}/interaction/${uid}`,
    },
    jwks: { keys: [options.signingKey] },
    loadExistingGrant: grantEverything,
    renderError: (context, out) => {
      const detail = [out.error, out.error_description].filter(Boolean).join(': ');
      sendPage(context, messagePage('Sign-in did not work', detail));
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 86_400,
      IdToken: accessTokenSeconds,
      Interaction: 3600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  };
}

function clientsOf(baseUrl: string): NonNullable<Configuration['clients']> {
  const publicClient = { token_endpoint_auth_method: 'none', scope: scopes } as const;
  return [
    {
      ...publicClient,
      client_id: 'countersign-web',
      client_name: 'Countersign',
      redirect_uris: [`${baseUrl}/approve`, `${baseUrl}/`],
      grant_types: ['authorization_code'],
    },
    {
      ...publicClient,
      client_id: commandLineClient,
      client_name: 'the countersign command',
      application_type: 'native',
      // A loopback address of a native client matches with any port (RFC 8252 section 7.3).
      redirect_uris: ['http://127.0.0.1/', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
  ];
}

const cookieOptions = ({ issuer }: OidcConfigurationOptions) =>
  ({ path: new URL(issuer).pathname, httpOnly: true, sameSite: 'lax', signed: true }) as const;

function featuresOf(audience: string): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    userinfo: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
    },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (context, form, _out, error) => {
        const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? '';
        const action = context.oidc.urlFor('code_verification');
        sendPage(context, deviceCodePage({ action, xsrf, error: error && codeErrorOf(error) }));
      },
      userCodeConfirmSource: (context, form, client, _deviceInfo, userCode) =>
        sendPage(
          context,
          deviceConfirmPage({ client: client.clientName ?? client.clientId, userCode, form }),
        ),
      successSource: (context) =>
        sendPage(context, messagePage('You are signed in', 'Go back to the tool; this page can be closed.')),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => apiResource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, indicator) => {
        if (indicator !== apiResource)
          throw new errors.InvalidTarget(`the only resource here is ${apiResource}`);
        const jwt = { sign: { alg: 'RS256' } } as const;
        return { scope: '', audience, accessTokenFormat: 'jwt', accessTokenTTL: accessTokenSeconds, jwt };
      },
    },
    // A session means nothing here: every sign-in asks who it is.
    rpInitiatedLogout: { enabled: false },
  };
}

const codeErrorOf = (error: Error): string =>
  error.name === 'AbortedError' ? 'Nothing was connected.' : 'That code is not known, or no longer.';

/**
 * Asks who signs in every time: at one machine the same browser plays requester and approver in turn. Consent is
 * not asked for: both clients are the service's own.
 */
function signInPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.get('consent')?.checks.remove('native_client_prompt');
  const chosen = new Check(
    'sample_user_not_chosen',
    'a sample user has to be chosen',
    'login_required',
    ({ oidc }) => (oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT),
  );
  policy.get('login')?.checks.add(chosen);
  return policy;
}

const grantEverything: NonNullable<Configuration['loadExistingGrant']> = async ({ oidc }) => {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(scopes);
  grant.addOIDCClaims(['sub', 'auth_time', 'email', 'email_verified', 'name', 'groups']);
  await grant.save();
  return grant;
};

function authTimeOf({ oidc }: KoaContextWithOIDC): { auth_time?: number } {
  const { AuthorizationCode, DeviceCode, RefreshToken } = oidc.entities;
  const authTime = (AuthorizationCode ?? DeviceCode ?? RefreshToken)?.authTime;
  return authTime === undefined ? {} : { auth_time: authTime };
}

function sendPage(context: KoaContextWithOIDC, body: string): void {
  context.set(pageHeaders(loopbackTargets));
  context.body = body;
}
