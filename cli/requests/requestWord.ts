import type { WordUsage } from '../command.ts';

/** The word by which a command knows the request it is for; see `chosenRequest`. */
export const openRequestWord = {
  name: 'REQUEST',
  says: 'its id, or an entitlement: the newest request of this machine for it; not needed where there is only one',
  optional: true,
  values: 'requests',
} as const satisfies WordUsage;

/** The same for a command that ends it; see `requestToEnd`. */
export const requestToEndWord = {
  ...openRequestWord,
  says: 'its id, or an entitlement; not needed where there is only one that fits: where several do, they are listed',
} as const satisfies WordUsage;
