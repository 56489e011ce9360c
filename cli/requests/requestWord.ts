import type { WordUsage } from '../command.ts';

/** The word by which a command knows the request it is for; see `chosenRequest`. */
export const openRequestWord = {
  name: 'REQUEST',
  says: 'its id, or an entitlement: the newest request of this machine for it; not needed where there is only one',
  optional: true,
  values: 'requests',
} as const satisfies WordUsage;
