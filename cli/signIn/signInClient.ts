import * as z from 'zod';
import { boundedText } from '#client/boundedText.ts';
import { UnreachableError } from '#client/errors.ts';
import { jsonOf } from '#client/json.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

const clientSchema = z.object({
  issuer: z.url(),
  clientId: z.string().min(1),
  scope: z.string().min(1),
  /** What the issuer wants to hear beside OIDC's own. */
  parameters: z.record(z.string(), z.string()),
  /** Which of its tokens the service is called with. */
  bearer: z.enum(['access_token', 'id_token']),
});

/** Where somebody signs in who uses a service by this command, as its `assets/config.json` says. */
export type SignInClient = z.infer<typeof clientSchema>;

/** Bytes. Nothing of it is trusted yet. */
export const longestConfig = 100_000;

const configSchema = z.looseObject({ commandLine: clientSchema.optional() });

/** Asks the service. Rejects with `UnreachableError`, or with a `CommandError` where no Countersign answers, or nobody signs in there. */
export async function loadSignInClient(url: string): Promise<SignInClient> {
  const config = configSchema.safeParse(await loadConfig(url));
  if (!config.success)
    throw new CommandError(
      `What ${url} says about signing in cannot be understood: bring this command up to date.`,
    );
  const { commandLine } = config.data;
  if (!commandLine)
    throw new CommandError(
      `${url} has no sign-in for this command. Ask its platform team for one (signIn.commandLine), or bring a token of its issuer: COUNTERSIGN_TOKEN`,
    );
  refuseForeignAudience(url, commandLine);
  return commandLine;
}

/**
 * Where tokens are meant for an address, it must be that of whoever gets them: an impostor can name the real issuer, and the real service's
 * audience, and would be sent what is good there (RFC 8707 section 1; Auth0 says `audience`).
 */
function refuseForeignAudience(url: string, { parameters: { resource, audience } }: SignInClient): void {
  const { origin } = new URL(url);
  const foreign = [resource, audience]
    .flatMap((text) => URL.parse(text ?? '') ?? [])
    .find((meant) => /^https?:$/.test(meant.protocol) && meant.origin !== origin);
  if (!foreign) return;
  throw new CommandError(
    `${url} asks for tokens that are meant for ${visibleLine(foreign.origin)}, so it may be an impostor: nothing was sent. Check the address, and ask your platform team.`,
  );
}

async function loadConfig(url: string): Promise<unknown> {
  const { response, text } = await fetched(new URL('assets/config.json', url)).catch((error: unknown) => {
    throw new UnreachableError(url, error);
  });
  const json = response.ok ? jsonOf(text ?? '') : undefined;
  if (json === undefined)
    throw new CommandError(
      `There is no Countersign at ${url}: it answers ${response.status}. Check the address.`,
    );
  return json;
}

async function fetched(address: URL) {
  const signal = AbortSignal.timeout(30_000);
  // What stands there says whom a password is typed for: no other address may answer in its place.
  const response = await fetch(address, { redirect: 'manual', signal });
  return { response, text: await boundedText(response, longestConfig) };
}
