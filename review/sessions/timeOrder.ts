import type { Instant } from '#domain/instant.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';

/** How many items at the beginning of a list pass a test that, from the first that fails it, all fail: O(log n). */
export function countWhile<Item>(items: readonly Item[], passes: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && passes(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a list in order of time, the first two of a span: enough to tell one from several. */
export function firstTwo<Item extends { event: KeptEvent }>(
  items: readonly Item[],
  { from, to }: { from: Instant; to: Instant },
): Item[] {
  const earlier = countWhile(items, ({ event }) => event.at < from);
  return items.slice(earlier, earlier + 2).filter(({ event }) => event.at <= to);
}
