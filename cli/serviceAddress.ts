import { isLoopback } from '#client/safeAddress.ts';
import { serviceUrl } from '#client/serviceUrl.ts';
import { CommandError } from './commandError.ts';

/**
 * The address of a service as somebody typed it, perhaps without its `https://`, or `http://` for one of this machine’s own. Throws a
 * `CommandError` for one that tokens must not be sent to.
 */
export function serviceAddress(text: string): string {
  try {
    return serviceUrl(text.includes('://') ? text : `${schemeFor(text)}://${text}`).href;
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(error.message) : error;
  }
}

function schemeFor(host: string): 'http' | 'https' {
  const url = URL.parse(`http://${host}`);
  return url && isLoopback(url) ? 'http' : 'https';
}
