import { isLoopback } from '#client/loopback.ts';

/** Whether what is sent there cannot be read on the way. */
export const isSafe = (address: URL): boolean =>
  address.protocol === 'https:' || (address.protocol === 'http:' && isLoopback(address));
