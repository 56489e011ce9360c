import type { Observation, Period } from './finding.ts';

/**
 * Whether something reaches into the period: what has no time does into every one. A rule that tells of many things at once asks this
 * of each of them, since from the first to the last of them there can be a period in which there was none.
 */
export const reachesInto = (
  { from, to }: Period,
  { at, until }: Pick<Observation, 'at' | 'until'>,
): boolean =>
  at === undefined || ((to === undefined || at < to) && (from === undefined || (until ?? at) >= from));
