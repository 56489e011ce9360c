import { serviceUrl } from '#client/serviceUrl.ts';
import { CommandError } from './commandError.ts';

/** The address of a service as somebody typed it, perhaps without its `https://`. Throws a `CommandError` for one that tokens must not be sent to. */
export function serviceAddress(text: string): string {
  try {
    return serviceUrl(text.includes('://') ? text : `https://${text}`).href;
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(error.message) : error;
  }
}
