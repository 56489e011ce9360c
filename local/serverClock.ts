import { type Clock, createClock } from './clock.ts';
import type { Store } from './store.ts';

let processClock: Clock | undefined;

/**
 * The one clock of this process, never behind what the store remembers: time does not go back across a restart. `Date`
 * belongs to the whole process, so servers side by side share it.
 */
export function serverClock(store: Store): { clock: Clock; forget: () => void } {
  const table = store.table<number>('clock');
  const remembered = table.get('offset') ?? 0;
  processClock ??= createClock(remembered);
  const clock = processClock;
  const behind = remembered - offsetOf(clock);
  if (behind > 0) clock.advance(behind);
  const forget = clock.onAdvance(() => table.set('offset', offsetOf(clock)));
  return { clock, forget };
}

const offsetOf = ({ offset }: Clock): number => new Float64Array(offset)[0] ?? 0;
