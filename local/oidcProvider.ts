import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { importJWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { accessTokenSeconds, oidcConfiguration } from './oidcConfiguration.ts';
import { createSignIn, type People } from './oidcSignIn.ts';
import { claimsOf, type SampleUser, subjectOf } from './sampleUser.ts';
import { durableSigningKey } from './signingKey.ts';
import type { Store } from './store.ts';

export interface OidcProvider {
  issuer: string;
  /** Serves every path below the issuer's. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** An access token as the sign-in would give it, valid for an hour. */
  mintToken: (user: SampleUser) => Promise<string>;
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
