import type { ChainLink } from './reviewedSession.ts';

/**
 * Links back to the beginning. Roles that assume one another can go on for weeks, so only both ends are held: what is in between is
 * counted.
 */
export interface Chain {
  length: number;
  /** The first ten. */
  head: readonly ChainLink[];
  /** The last ten; of a shorter chain, all. */
  tail: readonly ChainLink[];
}

const endLength = 10;

export const noChain: Chain = { length: 0, head: [], tail: [] };

/** The chain with one more link before its first. */
export const extended = (link: ChainLink, { length, head, tail }: Chain): Chain => ({
  length: length + 1,
  head: [link, ...head.slice(0, endLength - 1)],
  tail: length < endLength ? [link, ...tail] : tail,
});

/** All links, or both ends and between them how many are left out. */
export function linksOf({ length, head, tail }: Chain): ChainLink[] {
  const leftOut = length - head.length - tail.length;
  if (leftOut <= 0) return [...head, ...tail.slice(tail.length - (length - head.length))];
  const joinedBy = head.at(-1)?.joinedBy ?? 'unresolved';
  return [...head, { who: `${leftOut} more in between`, kind: 'unknown', joinedBy }, ...tail];
}
