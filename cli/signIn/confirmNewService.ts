import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { canAsk, confirm } from '../terminal/question.ts';
import { usualServiceUrl } from './chosenServiceUrl.ts';
import { keptSignIn } from './keptSignIn.ts';

/**
 * Asks before the first sign-in to a service that nobody typed: COUNTERSIGN_URL may come from the folder that somebody happens to be in. Whatever
 * answers there gets a token that is good for the person's own Countersign, if it names the same issuer. Throws a `CommandError` at a no, and
 * where nobody can be asked.
 */
export async function confirmNewService(url: string): Promise<void> {
  if (await isKnown(url)) return;
  const says = `COUNTERSIGN_URL names ${url}, where nobody has signed in from this machine.`;
  if (!canAsk()) throw new CommandError(`${says} If it is yours, name it yourself: countersign login ${url}`);
  const isOwn = await confirm(
    `${says} It will be able to act as you. Is it your organisation’s Countersign?`,
  );
  if (!isOwn)
    throw new CommandError('Nobody is signed in. Unset COUNTERSIGN_URL, or correct it.', exitCodes.no);
}

const isKnown = async (url: string): Promise<boolean> =>
  (await usualServiceUrl(undefined)) === url || (await keptSignIn(url)) !== undefined;
