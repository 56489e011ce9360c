import { compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { jsonOf } from './json.ts';

/** What a sealed session opens to: the JSON that `credential_process` prints. */
const credentialsSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  SessionToken: z.string(),
  Expiration: z.iso.datetime(),
});

export type Credentials = z.infer<typeof credentialsSchema>;

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
  const credentials = credentialsSchema.safeParse(jsonOf(new TextDecoder().decode(plaintext)));
  if (!credentials.success) throw new TypeError('The sealed session holds something else than credentials.');
  return credentials.data;
}
