import type * as oauth from 'oauth4webapi';
import { visibleLine } from '#domain/visibleText.ts';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { whereLocksWork } from '../lock.ts';
import { hasBrowser } from '../openBrowser.ts';
import { chosenServiceUrl, rememberUrl } from '../signIn/chosenServiceUrl.ts';
import { confirmNewService } from '../signIn/confirmNewService.ts';
import { discoverIssuer, type Issuer } from '../signIn/issuer.ts';
import { keepSignIn, type SignIn, signInLock } from '../signIn/keptSignIn.ts';
import { signInByBrowser } from '../signIn/signInByBrowser.ts';
import { signInByDevice } from '../signIn/signInByDevice.ts';
import { loadSignInClient, type SignInClient } from '../signIn/signInClient.ts';
import { signInOf } from '../signIn/signInOf.ts';
import { answer, remark } from '../terminal/answer.ts';
import { clockTime } from '../terminal/times.ts';

export const login = command({
  name: 'login',
  says: 'Signs in to a service, which the other commands then talk to. With your browser, or where there is none with a code that is typed into any other.',
  words: [
    {
      name: 'URL',
      says: 'the service; without it the one that COUNTERSIGN_URL names (asked about the first time), else that of the last login',
      optional: true,
    },
  ],
  options: {
    device: { type: 'boolean', says: 'shows a code for a browser on another machine' },
  },
  examples: [
    ['countersign login https://access.example.com', 'the first time'],
    ['countersign login', 'again, to the same service'],
    ['countersign login --device', 'on a machine without a browser'],
  ],
  async run({ values, words }) {
    const url = await chosenServiceUrl(words[0]);
    if (words[0] === undefined) await confirmNewService(url);
    const client = await loadSignInClient(url);
    const issuer = await discoverIssuer(client);
    const signInBy = wayIn(issuer, client, values.device === true);
    const tokens = await signInBy(issuer, client);
    const signIn = signInOf(tokens, { url, ...client });
    // A renewal that runs ends first, or it would put the one from before in its place.
    await whereLocksWork(signInLock(url), () => keepSignIn(signIn));
    await rememberUrl(url);
    const { name, expiresAt, refreshToken } = signIn;
    const facts = { url, name, expiresAt, isRenewed: refreshToken !== undefined };
    answer(facts, () => [sentenceOf(signIn)], values);
    if (process.env.COUNTERSIGN_TOKEN)
      remark('COUNTERSIGN_TOKEN is set, and counts for more than this sign-in until you unset it.');
    return exitCodes.done;
  },
});

type WayIn = (issuer: Issuer, client: SignInClient) => Promise<oauth.TokenEndpointResponse>;

/** The browser of this machine where there is one, else the issuer's device grant; of those that the issuer has. */
function wayIn({ server }: Issuer, { issuer }: SignInClient, wantsDevice: boolean): WayIn {
  const device = server.device_authorization_endpoint !== undefined;
  const code = server.authorization_endpoint !== undefined;
  if (wantsDevice && !device)
    throw new CommandError(
      `${issuer} has no device grant. Sign in with a browser on this machine: countersign login. Or bring a token: COUNTERSIGN_TOKEN`,
    );
  if (wantsDevice || (device && !(code && hasBrowser()))) return signInByDevice;
  if (code) return signInByBrowser;
  throw new CommandError(
    `${issuer} has no way for this command to sign in. Tell the service’s platform team.`,
  );
}

function sentenceOf({ name, expiresAt, refreshToken }: SignIn): string {
  const who = `Signed in as ${visibleLine(name)}`;
  return refreshToken === undefined
    ? `${who} until ${clockTime(expiresAt)}.`
    : `${who} until ${clockTime(expiresAt)}, renewed by itself.`;
}
