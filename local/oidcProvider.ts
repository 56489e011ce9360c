import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { importJWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { emailSchema } from '../domain/identity.ts';
import { sendPlainAnswer } from './gateway.ts';
import { pageHeaders } from './htmlPage.ts';
import { readBody } from './httpBody.ts';
import { accessTokenSeconds, loopbackTargets, oidcConfiguration } from './oidcConfiguration.ts';
import { messagePage, signInPage } from './oidcPages.ts';
import { problemAnswer } from './problem.ts';
import { claimsOf, type SampleUser, subjectOf } from './sampleUser.ts';
import { durableSigningKey } from './signingKey.ts';
import type { Store } from './store.ts';

export interface OidcProvider {
  issuer: string;
  /** Serves every path below the issuer's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** An access token as the sign-in would give it, valid for an hour. */
  mintToken(user: SampleUser): Promise<string>;
}

/** Embeds the OpenID provider of the local server. Keys and sessions are in the store and outlive a restart. */
export async function createOidcProvider(options: {
  baseUrl: string;
  /** Below `baseUrl`. */
  issuer: string;
  audience: string;
  users: readonly SampleUser[];
  store: Store;
  onError?(error: Error): void;
}): Promise<OidcProvider> {
  const { issuer, audience, store } = options;
  const signingKey = await durableSigningKey(store, 'users', 'RS256');
  const people = createPeople(store, options.users);
  const cookieSecret = durableSecret(store);
  const provider = new Provider(
    issuer,
    oidcConfiguration({ ...options, signingKey, cookieSecret, userOf: people.userOf }),
  );
  provider.on('server_error', (_context, error) => options.onError?.(error));
  const signIn = createSignIn({ provider, people, cookieSecret });
  const callback = provider.callback();
  const mount = new URL(issuer).pathname;
  const privateKey = await importJWK(signingKey, 'RS256');

  return {
    issuer,
    async handle(request, response) {
      const path = (request.url ?? '').slice(mount.length) || '/';
      if (path.startsWith('/interaction/')) return signIn(request, response);
      // How the provider learns where it is mounted.
      Object.assign(request, { originalUrl: request.url });
      request.url = path;
      await callback(request, response);
    },
    mintToken(user) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ ...claimsOf(user), auth_time: now, client_id: 'countersign-web' })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: signingKey.kid ?? '' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subjectOf(user))
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + accessTokenSeconds)
        .sign(privateKey);
    },
  };
}

interface People {
  all: readonly SampleUser[];
  userOf(subject: string): SampleUser | undefined;
  /** The subject of an address; a new one is remembered as somebody in no group. */
  subjectOf(email: string): string;
}

function createPeople(store: Store, users: readonly SampleUser[]): People {
  const typed = store.table<SampleUser>('typedUser');
  const known = new Map(users.map((user) => [subjectOf(user), user]));
  return {
    all: users,
    userOf: (subject) => known.get(subject) ?? typed.get(subject),
    subjectOf(email) {
      const subject = subjectOf({ email });
      if (!known.has(subject)) typed.set(subject, { email });
      return subject;
    },
  };
}

function durableSecret(store: Store): string {
  const table = store.table<string>('oidcSecret');
  const secret = table.get('cookies') ?? randomBytes(32).toString('base64url');
  table.set('cookies', secret);
  return secret;
}

/** The sign-in page: GET shows it, POST takes the choice and goes back into the flow. */
function createSignIn(options: { provider: Provider; people: People; cookieSecret: string }) {
  const { provider, people, cookieSecret } = options;
  const headers = pageHeaders(loopbackTargets);
  const csrfOf = (uid: string): string => createHmac('sha256', cookieSecret).update(`csrf ${uid}`).digest('base64url');

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (!details) {
      const body = messagePage('This sign-in is over', 'Go back to where you came from and start again.');
      return sendPlainAnswer(response, { status: 400, headers, body });
    }
    const { uid, params } = details;
    const client = await provider.Client.find(String(params.client_id));
    const hint = typeof params.login_hint === 'string' ? params.login_hint : undefined;
    const show = (status: number, error?: string): void => {
      const page = { users: people.all, client: client?.clientName ?? 'Countersign', action: request.url ?? '', hint, error };
      sendPlainAnswer(response, { status, headers, body: signInPage({ ...page, csrf: csrfOf(uid) }) });
    };
    if (request.method === 'GET' || request.method === 'HEAD') return show(200);
    const form = await formOf(request, csrfOf(uid));
    if (!form) return sendPlainAnswer(response, problemAnswer(forged));
    if (form.get('cancel')) return finish(request, response, { error: 'access_denied', error_description: 'The sign-in was cancelled.' });
    const email = emailSchema.safeParse(form.get('email'));
    if (!email.success) return show(400, 'That is not an e-mail address.');
    return finish(request, response, { login: { accountId: people.subjectOf(email.data), remember: false } });
  };

  function finish(request: IncomingMessage, response: ServerResponse, result: object): Promise<void> {
    return provider.interactionFinished(request, response, { ...result }, { mergeWithLastSubmission: false });
  }
}

const forged = { status: 403, code: 'not_allowed', detail: 'This form did not come from the sign-in page.' };

async function formOf(request: IncomingMessage, csrf: string): Promise<URLSearchParams | undefined> {
  if (request.method !== 'POST') return undefined;
  const form = new URLSearchParams((await readBody(request, 10_000)).toString());
  const given = Buffer.from(form.get('csrf') ?? '');
  const expected = Buffer.from(csrf);
  return given.length === expected.length && timingSafeEqual(given, expected) ? form : undefined;
}

