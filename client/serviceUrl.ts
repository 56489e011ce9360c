import { isSafe } from './safeAddress.ts';

/**
 * The service's address, ready to resolve the API's paths against: one below another path works. Throws a TypeError for
 * what cannot be one, and for plain http to another machine, where tokens could be read on the way.
 */
export function serviceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError(
      `“${text}” is not the address of a service: give one such as https://access.example.com/.`,
    );
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('The address of a service has no user, password, query or fragment: leave them out.');
  if (!isSafe(url))
    throw new TypeError(
      `${url.origin} would carry tokens in the clear: use https (http is for this machine’s own addresses only).`,
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
