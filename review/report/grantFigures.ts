import { activityOf } from '../grants/activity.ts';
import { endOf } from '../grants/end.ts';
import type { Grant } from '../grants/grant.ts';

/** A grant in numbers: the same in every file of the report. */
export interface GrantFigures {
  accessKeyIds: string[];
  calls: number;
  errors: number;
  denied: number;
  /** Calls later than the moment at which access was over; refused ones count too. */
  callsAfterEnd: number;
}

export function figuresOf(grant: Grant): GrantFigures {
  const activity = activityOf(grant);
  const over = endOf(grant);
  const keys = grant.sessions.flatMap(({ accessKeyId }) => accessKeyId ?? []);
  return {
    accessKeyIds: [...new Set(keys)],
    calls: sum(activity.map(({ calls }) => calls)),
    errors: sum(activity.map(({ errors }) => errors)),
    denied: sum(activity.map(({ denied }) => denied)),
    callsAfterEnd:
      over === undefined ? 0 : sum(activity.map(({ each }) => each.filter(({ at }) => at > over).length)),
  };
}

/**
 * What the hash chain says. `open`: sound so far, and no `closed` entry yet. `unbroken` speaks of the links; whether an entry's own
 * content could be computed again stands beside it.
 */
export type ChainVerdict = 'unbroken' | 'open' | 'broken';

export function chainVerdict({ links, faults, closed }: Grant['chain']): ChainVerdict {
  if (faults.length > 0 || links.some(({ content }) => content === 'differs')) return 'broken';
  return closed ? 'unbroken' : 'open';
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
