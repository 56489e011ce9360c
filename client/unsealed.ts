import type { SealedSession } from './answers.ts';
import { type Credentials, openSession } from './recipient.ts';

/**
 * Opens what the service handed out, and checks that it is what the service said it is. Whose role it is and what it may do only AWS
 * can tell: `sts get-caller-identity`, whose session name is the request's id.
 */
export async function unsealed(
  { jwe, sessionExpiresAt }: SealedSession,
  privateKey: Parameters<typeof openSession>[1],
): Promise<Credentials> {
  const credentials = await openSession(jwe, privateKey);
  if (Date.parse(credentials.Expiration) !== Date.parse(sessionExpiresAt))
    throw new TypeError(
      'The sealed session ends at another time than the service says. Ask for access again.',
    );
  return credentials;
}
