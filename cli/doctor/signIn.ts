import { visibleLine } from '#domain/visibleText.ts';
import { serviceOf } from '../service.ts';
import { givenToken } from '../signIn/bearerToken.ts';
import { chosenServiceUrl } from '../signIn/chosenServiceUrl.ts';
import { keptSignIn } from '../signIn/keptSignIn.ts';
import { counted } from '../terminal/counted.ts';
import { clockTime } from '../terminal/times.ts';
import { type Check, fine } from './check.ts';

/** Who is signed in until when, and whether the service takes it. */
export const signIn: Check = {
  about: 'Sign-in',
  async find() {
    const url = await chosenServiceUrl(undefined);
    const { api } = await serviceOf({});
    // The service's own word: a token that looks well may be refused.
    const entitlements = await api.entitlements();
    const { length } = entitlements.filter(({ mayRequest }) => mayRequest);
    return [fine(`${await who(url)}; may ask for ${counted(length, 'entitlement')}`)];
  },
};

async function who(url: string): Promise<string> {
  if (givenToken() !== undefined) return 'by COUNTERSIGN_TOKEN';
  const kept = await keptSignIn(url);
  if (!kept) return 'signed in';
  const until = `as ${visibleLine(kept.name)} until ${clockTime(kept.expiresAt)}`;
  return kept.refreshToken === undefined ? until : `${until}, renewed by itself`;
}
