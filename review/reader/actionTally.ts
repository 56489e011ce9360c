import type { CollectedEvents } from './collectedEvents.ts';
import { isDenial } from './denials.ts';
import { column } from './eventRows.ts';
import type { Seconds } from './eventTime.ts';
import { compare } from './textOrder.ts';
import type { ActionCount, CalledAction } from './trail.ts';
import type { Tuple } from './tupleIndex.ts';

/** What a session's rows come to. */
interface Sum {
  errors: number;
  denied: number;
  first: Seconds;
  last: Seconds;
  /** By count, then name. */
  actions: ActionCount[];
}

/** Counts what sessions did, one after the other, in arrays that all of them share. */
export class ActionTally {
  readonly #rows: Uint32Array;
  readonly #actions: readonly CalledAction[];
  /** For each action its place by name. */
  readonly #ranks: Uint32Array;
  readonly #isDenied: readonly boolean[];
  readonly #count: Uint32Array;
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;

  constructor({ rows, actions }: Pick<CollectedEvents, 'rows' | 'actions'>) {
    this.#rows = rows;
    this.#actions = actions.map(calledAction);
    this.#ranks = ranksOf(this.#actions);
    this.#isDenied = this.#actions.map(({ errorCode = '' }) => isDenial(errorCode));
    this.#count = new Uint32Array(actions.length);
    this.#first = new Uint32Array(actions.length);
    this.#last = new Uint32Array(actions.length);
  }

  /** The sum of the rows at these offsets, of which there is at least one. */
  of(offsets: Uint32Array): Sum {
    const sum: Sum = { errors: 0, denied: 0, first: Number.POSITIVE_INFINITY, last: 0, actions: [] };
    for (const number of this.#counted(offsets)) {
      const action = this.#actions[number] as CalledAction;
      const count = this.#count[number] as number;
      const [first, last] = [this.#first[number] as Seconds, this.#last[number] as Seconds];
      this.#count[number] = 0;
      if (action.errorCode !== undefined) sum.errors += count;
      if (this.#isDenied[number]) sum.denied += count;
      sum.first = Math.min(sum.first, first);
      sum.last = Math.max(sum.last, last);
      sum.actions.push({ action, count, first, last });
    }
    return sum;
  }

  /** Counts the rows. Answers the numbers of their actions, by count, then name. */
  #counted(offsets: Uint32Array): number[] {
    const seen: number[] = [];
    for (const offset of offsets) {
      const action = this.#rows[offset + column.action] as number;
      const at = this.#rows[offset + column.at] as Seconds;
      const count = this.#count[action] as number;
      if (count === 0) seen.push(action);
      if (count === 0 || at < (this.#first[action] as Seconds)) this.#first[action] = at;
      if (count === 0 || at > (this.#last[action] as Seconds)) this.#last[action] = at;
      this.#count[action] = count + 1;
    }
    const [counts, ranks] = [this.#count, this.#ranks];
    return seen.sort(
      (a, b) => (counts[b] as number) - (counts[a] as number) || (ranks[a] as number) - (ranks[b] as number),
    );
  }
}

const calledAction = ([name, source, errorCode]: Tuple): CalledAction =>
  errorCode === '' ? { source, name } : { source, name, errorCode };

function ranksOf(actions: readonly CalledAction[]): Uint32Array {
  const byName = [...actions.entries()].sort(
    ([, a], [, b]) =>
      compare(a.name, b.name) || compare(a.source, b.source) || compare(a.errorCode ?? '', b.errorCode ?? ''),
  );
  const ranks = new Uint32Array(actions.length);
  for (const [rank, [number]] of byName.entries()) ranks[number] = rank;
  return ranks;
}
