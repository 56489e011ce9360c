import { createHash } from 'node:crypto';
import * as z from 'zod';
import { jsonOf } from '#client/json.ts';
import { secretStore } from '../secrets/secretStore.ts';

const signInSchema = z.object({
  /** The service it is for. */
  url: z.string(),
  /** The refresh token goes back to whoever issued it, whatever the service says later. */
  issuer: z.url(),
  clientId: z.string(),
  parameters: z.record(z.string(), z.string()),
  bearer: z.enum(['access_token', 'id_token']),
  /** For the person to see; the service goes by the token alone. */
  name: z.string(),
  /** What the service is called with, and until when. */
  token: z.string(),
  expiresAt: z.iso.datetime(),
  refreshToken: z.string().optional(),
});

/** Somebody who signed in here. */
export type SignIn = z.infer<typeof signInSchema>;

/** A name for a service that is no path, and of one length whatever its address is. */
const hashOfUrl = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 32);

/** The lock for whatever changes a sign-in, or has the issuer change it. */
export const signInLock = (url: string): string => `token-${hashOfUrl(url)}`;

const kind = 'token/';
const secretName = (url: string): string => `${kind}${hashOfUrl(url)}`;

/** Who is signed in to a service. What is kept there but cannot be read counts for nothing: signing in writes it anew. */
export async function keptSignIn(url: string): Promise<SignIn | undefined> {
  const text = await (await secretStore()).get(secretName(url));
  if (text === undefined) return undefined;
  const signIn = signInSchema.safeParse(jsonOf(text));
  return signIn.success && signIn.data.url === url ? signIn.data : undefined;
}

/** To how many services somebody is signed in here. */
export const countSignIns = async (): Promise<number> =>
  (await (await secretStore()).names()).filter((name) => name.startsWith(kind)).length;

export const keepSignIn = async (signIn: SignIn): Promise<void> =>
  (await secretStore()).set(secretName(signIn.url), JSON.stringify(signIn));

export const forgetSignIn = async (url: string): Promise<void> =>
  (await secretStore()).remove(secretName(url));
