import { CompactEncrypt, importJWK, type JWK } from 'jose';

/** Seals a text to somebody's public key, as the service seals credentials. */
export const sealed = async (text: string, recipientKey: JWK): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'countersign-credentials' })
    .encrypt(await importJWK(recipientKey, 'ECDH-ES'));

/** What `credential_process` prints, in the end of which tests are interested. */
export const credentialsUntil = (expiration: string): string =>
  JSON.stringify({
    Version: 1,
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'canary-secret',
    SessionToken: 'canary-token',
    Expiration: expiration,
  });
