import { earliest, type Instant } from '#domain/instant.ts';
import type { Grant } from './grant.ts';

/** When access was over: at the window's end, or before it. Undefined for what was never granted. */
export const endOf = ({ window, end }: Pick<Grant, 'window' | 'end'>): Instant | undefined =>
  window && end ? earliest(window.endsAt, end.at) : (end?.at ?? window?.endsAt);
