import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { rememberedRequest } from '../requests/rememberedRequests.ts';
import { usualServiceUrl } from '../signIn/chosenServiceUrl.ts';
import type { SessionOptions } from './credentialsOf.ts';

/**
 * The service of a grant, where it is not the one that `url`, COUNTERSIGN_URL or the last login names: an entitlement of the same name may be
 * of another company's account. Undefined where it is that one, and where either is not known here.
 */
export async function otherService(requestId: string, { url }: SessionOptions): Promise<string | undefined> {
  // That one is asked then, whatever this machine remembers.
  if (url !== undefined) return undefined;
  const madeAt = (await rememberedRequest(requestId))?.url;
  const usual = await usualServiceUrl(process.env.COUNTERSIGN_URL || undefined).catch(unlessUnreadable);
  return madeAt === undefined || usual === undefined || madeAt === usual ? undefined : visibleLine(madeAt);
}

/** The access is there all the same: what is wrong with the last login is told by whatever needs it. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}
