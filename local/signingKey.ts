import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Store } from './store.ts';

/** A private signing key that outlives a restart, so that tokens signed with it stay valid. */
export async function durableSigningKey(store: Store, name: string, alg: 'RS256' | 'ES384'): Promise<JWK> {
  const table = store.table<JWK>('signingKey');
  const existing = table.get(name);
  if (existing) return existing;
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key = { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) };
  table.set(name, key);
  return key;
}

/** What a key set publishes of a key. */
export function publicPart(key: JWK): JWK {
  const { kty, kid, alg, use, n, e, crv, x, y } = key;
  const members = Object.entries({ kty, kid, alg, use, n, e, crv, x, y });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
