/** The same items, and how often a field of any of them was read: a measure of work that does not depend on the machine. */
export function countingReads<Item extends object>(
  items: readonly Item[],
): { items: Item[]; reads(): number } {
  let reads = 0;
  const counted = items.map(
    (item) =>
      new Proxy(item, {
        get(target, field, receiver) {
          reads += 1;
          return Reflect.get(target, field, receiver);
        },
      }),
  );
  return { items: counted, reads: () => reads };
}
