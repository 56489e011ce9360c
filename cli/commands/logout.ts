import { visibleLine } from '#domain/visibleText.ts';
import { command } from '../command.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { whereLocksWork } from '../lock.ts';
import { chosenServiceUrl } from '../signIn/chosenServiceUrl.ts';
import { forgetSignIn, keptSignIn, type SignIn, signInLock } from '../signIn/keptSignIn.ts';
import { revokeSignIn } from '../signIn/revokeSignIn.ts';
import { answer, remark } from '../terminal/answer.ts';

export const logout = command({
  name: 'logout',
  says: 'Forgets your sign-in, and has the issuer forget it. Grants go on until they end: countersign return ends one early.',
  words: [{ name: 'URL', says: 'the service; without it that of the last login', optional: true }],
  options: {},
  examples: [['countersign logout', 'on a machine that you hand on']],
  async run({ values, words }) {
    const url = await chosenServiceUrl(words[0]);
    // A renewal that runs ends first: what it brings has to go, too.
    const { name, isRevoked } = await whereLocksWork(signInLock(url), () => signedOut(url));
    answer({ url, ...(name !== undefined && { name }), isRevoked }, () => [sentenceOf(url, name)], values);
    return exitCodes.done;
  },
});

async function signedOut(url: string): Promise<{ name: string | undefined; isRevoked: boolean }> {
  const signIn = await keptSignIn(url);
  const isRevoked = signIn !== undefined && (await revoked(signIn));
  await forgetSignIn(url);
  return { name: signIn?.name, isRevoked };
}

/** Whether the issuer has forgotten it. Where it cannot be asked, forgetting it here has to do. */
async function revoked(signIn: SignIn): Promise<boolean> {
  try {
    return await revokeSignIn(signIn);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    remark(error.message, 'Your sign-in is forgotten here; there it lives until it ends by itself.');
    return false;
  }
}

const sentenceOf = (url: string, name: string | undefined): string =>
  name === undefined ? `You were not signed in to ${url}.` : `${visibleLine(name)} is signed out of ${url}.`;
