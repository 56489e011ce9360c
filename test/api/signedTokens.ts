import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import { claimsOf, subjectOf } from '../../local/sampleUser.ts';
import type { LocalServerOptions } from '../../local/serve.ts';
import { durableSigningKey, publicPart } from '../../local/signingKey.ts';
import { openStore } from '../../local/store.ts';
import { type Caller, type Service, startService } from '../support/service.ts';

const anyObject = z.record(z.string(), z.unknown());

/** An access token as a table describes it. Without anything it is one that the local issuer gives to alice. */
export const tokenSpec = z.strictObject({
  of: z.string().default('alice'),
  /** Over the true claims; null leaves one out. `exp`, `nbf` and `iat` are seconds from now. `{base}` is the service's address. */
  claims: anyObject.default({}),
  /** Over the true header. `"jwk": "stranger"` puts in the key that the stranger signs with. */
  header: anyObject.default({}),
  signedBy: z.enum(['users', 'machines', 'stranger', 'publicKeyAsSecret', 'nobody']).default('users'),
  /** What is done to the text after it was signed. */
  damage: z.enum(['signature', 'payload', 'cut', 'doubled']).optional(),
  /** In the Authorization header, before the token. */
  scheme: z.string().default('Bearer '),
});

export type TokenSpec = z.input<typeof tokenSpec>;

export interface SignedService extends Service {
  /** The Authorization header's value. */
  authorization(spec: TokenSpec): Promise<string>;
  /** Somebody who is signed in with a token as described. */
  holderOf(spec: TokenSpec): Caller;
  dataDirectory: string;
}

/** The whole service over signing keys that the test holds too, so that it can sign what no issuer would. */
export async function startSignedService(options: LocalServerOptions = {}): Promise<SignedService> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'countersign-api-')));
  const keys = await signingKeys(dataDirectory);
  const service = await startService({ ...options, dataDirectory });
  // The same few tokens are sent to every route.
  const signed = new Map<string, { value: Promise<string>; at: number }>();
  const authorization = (spec: TokenSpec): Promise<string> => {
    const key = JSON.stringify(spec);
    const known = signed.get(key);
    if (known && Date.now() - known.at < 60_000) return known.value;
    const value = authorizationOf(tokenSpec.parse(spec), keys, service.server.baseUrl);
    signed.set(key, { value, at: Date.now() });
    return value;
  };
  return {
    ...service,
    dataDirectory,
    authorization,
    holderOf: (spec) => callerWith(service, () => authorization(spec)),
    async stop() {
      await service.stop();
      if (!options.dataDirectory) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function callerWith(service: Service, authorization: () => Promise<string>): Caller {
  const call = async (
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ) =>
    service.call(method, path, {
      ...options,
      headers: { authorization: await authorization(), ...options.headers },
    });
  return {
    get: (path) => call('GET', path),
    post: (path, body = {}, headers = {}) => call('POST', path, { body, headers }),
  };
}

type Keys = Awaited<ReturnType<typeof signingKeys>>;

async function signingKeys(dataDirectory: string) {
  const store = openStore(join(dataDirectory, 'countersign.sqlite'));
  const [users, machines] = [
    await durableSigningKey(store, 'users', 'RS256'),
    await durableSigningKey(store, 'machines', 'ES384'),
  ];
  store.close();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { users, machines, stranger: await exportJWK(privateKey) };
}

async function authorizationOf(
  spec: z.output<typeof tokenSpec>,
  keys: Keys,
  baseUrl: string,
): Promise<string> {
  const claims = claimsFor(spec, baseUrl);
  const signed = await sign(spec, keys, claims);
  return spec.scheme + damaged(signed, spec.damage);
}

function claimsFor({ of, claims }: z.output<typeof tokenSpec>, baseUrl: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const user = { email: `${of}@example.com` };
  const truth = {
    iss: '{base}/_local/oidc',
    aud: 'countersign',
    sub: subjectOf(user),
    ...claimsOf(user),
    iat: 0,
    exp: 3_600,
  };
  const merged = Object.entries({ ...truth, ...claims }).filter(([, value]) => value !== null);
  return Object.fromEntries(
    merged.map(([name, value]) => {
      if (typeof value === 'string') return [name, value.replace('{base}', baseUrl)];
      return [name, typeof value === 'number' && ['iat', 'exp', 'nbf'].includes(name) ? now + value : value];
    }),
  );
}

async function sign(
  spec: z.output<typeof tokenSpec>,
  keys: Keys,
  claims: Record<string, unknown>,
): Promise<string> {
  const key = spec.signedBy === 'machines' ? keys.machines : keys.users;
  const alg = {
    users: 'RS256',
    stranger: 'RS256',
    machines: 'ES384',
    publicKeyAsSecret: 'HS256',
    nobody: 'none',
  }[spec.signedBy];
  const header = { alg, typ: 'at+jwt', kid: key.kid ?? '', ...spec.header, ...embeddedKey(spec, keys) };
  if (spec.signedBy === 'nobody')
    return `${encoded(header)}.${encoded(claims)}.${Buffer.from('none').toString('base64url')}`;
  const secret =
    spec.signedBy === 'publicKeyAsSecret'
      ? new TextEncoder().encode(await publicPem(key))
      : await importJWK(spec.signedBy === 'stranger' ? keys.stranger : key, alg);
  return new SignJWT(claims).setProtectedHeader(header).sign(secret);
}

const embeddedKey = ({ header }: z.output<typeof tokenSpec>, keys: Keys): { jwk?: JWK } =>
  header.jwk === 'stranger' ? { jwk: publicPart(keys.stranger) } : {};

async function publicPem(key: JWK): Promise<string> {
  const imported = await importJWK(publicPart(key), 'RS256', { extractable: true });
  if (imported instanceof Uint8Array) throw new TypeError('An RSA key is not a secret.');
  return exportSPKI(imported);
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function damaged(token: string, damage: TokenSpec['damage']): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  switch (damage) {
    case 'signature':
      return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    case 'payload':
      return `${header}.${Buffer.from(swapped(payload)).toString('base64url')}.${signature}`;
    case 'cut':
      return token.slice(0, -20);
    case 'doubled':
      return `${token}, ${token}`;
    default:
      return token;
  }
}

/** The claims with bob in alice's place. */
const swapped = (payload: string): string =>
  Buffer.from(payload, 'base64url').toString().replaceAll('alice@', 'bob@');
