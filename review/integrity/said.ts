import type { Copies, LogMatches } from './logIndex.ts';

/** What digests have said so far of log files in the folder. */
export interface Said {
  agreeing: Set<readonly number[]>;
  /** The content that copies were said to have; `several`, so that no copy has been left out, where it was more than one. */
  differing: Map<Copies, string>;
}

export const nothingSaid = (): Said => ({ agreeing: new Set(), differing: new Map() });

const several = 'several';

/**
 * The files of which a digest says what no other one has said yet, as places. A thousand digests can name the same thousand copies: each
 * copy is looked at twice at most.
 */
export const newlySaid = (
  { agreeing, differing }: Pick<LogMatches, 'agreeing' | 'differing'>,
  said: Said,
): { agreeing: number[]; differing: number[] } => ({
  agreeing: agreeing.flatMap((places) => {
    if (said.agreeing.has(places)) return [];
    said.agreeing.add(places);
    return places;
  }),
  differing: differing.flatMap(({ copies, sha256 }) => newlyDiffering(copies, sha256, said)),
});

function newlyDiffering(copies: Copies, sha256: string, { differing }: Said): readonly number[] {
  const before = differing.get(copies);
  if (before === several || before === sha256) return [];
  differing.set(copies, before === undefined ? sha256 : several);
  if (before !== undefined) return copies.get(before) ?? [];
  return [...copies].flatMap(([content, places]) => (content === sha256 ? [] : places));
}
