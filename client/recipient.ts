import { compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';

/** What a sealed session opens to: the JSON that `credential_process` prints. */
const credentialsSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  Expiration: z.string(),
});

export type Credentials = z.infer<typeof credentialsSchema>;

/** A requester's key pair for one request. The private key never leaves the requester's machine. */
export async function newRecipient(): Promise<{ recipientKey: JWK; privateKey: JWK }> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  return { recipientKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
}

/** Opens a sealed session. Rejects when it was sealed to another key or damaged. */
export async function openSession(jwe: string, privateKey: JWK): Promise<Credentials> {
  const key = await importJWK(privateKey, 'ECDH-ES');
  const { plaintext } = await compactDecrypt(jwe, key, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  return credentialsSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
}
