import * as z from 'zod';
import { UnreachableError } from '#client/errors.ts';
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
  return commandLine;
}

async function loadConfig(url: string): Promise<unknown> {
  let response: Response;
  try {
    const signal = AbortSignal.timeout(30_000);
    // What stands there says whom a password is typed for: no other address may answer in its place.
    response = await fetch(new URL('assets/config.json', url), { redirect: 'manual', signal });
  } catch (error) {
    throw new UnreachableError(url, error);
  }
  const json = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (json === undefined)
    throw new CommandError(
      `There is no Countersign at ${url}: it answers ${response.status}. Check the address.`,
    );
  return json;
}
