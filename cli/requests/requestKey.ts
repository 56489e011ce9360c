import type { JWK } from 'jose';
import { jsonOf } from '#client/json.ts';
import { secretStore } from '../secrets/secretStore.ts';
import { requestId } from './requestId.ts';

/** Where the secret store has the private key that opens a request's sessions. */
export const keyName = (requestId: string): string => `key/${requestId}`;

export async function keepKey(requestId: string, privateKey: JWK): Promise<void> {
  const secrets = await secretStore();
  await secrets.set(keyName(requestId), JSON.stringify(privateKey));
}

/** Undefined where the request was made on another machine, or is over, or where the key is damaged. */
export async function requestKey(requestId: string): Promise<JWK | undefined> {
  const secrets = await secretStore();
  const text = await secrets.get(keyName(requestId));
  const key = text === undefined ? undefined : jsonOf(text);
  return typeof key === 'object' && key !== null ? key : undefined;
}

/** The requests that this machine has a key of. */
export async function keptKeys(): Promise<string[]> {
  const names = await (await secretStore()).names();
  return names.flatMap((name) =>
    name.startsWith('key/') ? (requestId(name.slice('key/'.length)) ?? []) : [],
  );
}

export async function eraseKey(requestId: string): Promise<void> {
  const secrets = await secretStore();
  await secrets.remove(keyName(requestId));
}
