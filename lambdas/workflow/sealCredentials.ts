import { CompactEncrypt, importJWK } from 'jose';
import { earliest, type Instant } from '#domain/instant.ts';
import type { RecipientKey } from '#domain/recipientKey.ts';
import type { ClearCredentials } from '../adapters/targetSession.ts';

/**
 * Seals credentials to the requester's public key: JWE compact, ECDH-ES on P-256, A256GCM. The plaintext is the JSON that
 * `credential_process` prints; its `Expiration` is the grant's end where that comes first.
 */
export async function sealCredentials(
  credentials: ClearCredentials,
  { kty, crv, x, y }: RecipientKey,
  grantEndsAt: Instant,
): Promise<string> {
  const plaintext = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: earliest(credentials.stsExpiresAt, grantEndsAt),
  };
  const key = await importJWK({ kty, crv, x, y }, 'ECDH-ES');
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(plaintext)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'countersign-credentials' })
    .encrypt(key);
}
