import { compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { jsonOf } from './json.ts';

/** What a sealed session opens to: the JSON that `credential_process` prints. */
export interface Credentials {
  Version: 1;
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: string;
}

/** A requester's key pair for one request, to be kept. The private key never leaves the requester's machine. */
export async function newRecipient(): Promise<{ recipientKey: JWK; privateKey: JWK }> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  return { recipientKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
}

/** The same for this process alone: nothing can read the private key, not even the process itself. */
export async function newRecipientInMemory(): Promise<{ recipientKey: JWK; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
  return { recipientKey: await exportJWK(publicKey), privateKey };
}

/** Opens a sealed session. Rejects when it was sealed to another key or damaged; no error quotes what was in it. */
export async function openSession(jwe: string, privateKey: JWK | CryptoKey): Promise<Credentials> {
  const key = privateKey instanceof CryptoKey ? privateKey : await importJWK(privateKey, 'ECDH-ES');
  const { plaintext } = await compactDecrypt(jwe, key, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  const credentials = credentialsIn(new TextDecoder().decode(plaintext));
  if (!credentials) throw new TypeError('The sealed session holds something else than credentials.');
  return credentials;
}

/** By hand: AWS's tools start the command for each of their own starts, and a library would be a fifth of the time that it takes. */
function credentialsIn(text: string): Credentials | undefined {
  const value = jsonOf(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = value as Partial<Credentials>;
  const isWhole =
    Version === 1 &&
    typeof AccessKeyId === 'string' &&
    typeof SecretAccessKey === 'string' &&
    typeof SessionToken === 'string' &&
    typeof Expiration === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(Expiration) &&
    !Number.isNaN(Date.parse(Expiration));
  return isWhole ? { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } : undefined;
}
