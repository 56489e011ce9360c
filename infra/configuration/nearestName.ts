/** The one of `names` that was probably meant: written in part, with up to two letters wrong, or in other letter case. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .filter((other) => other !== name)
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .filter(
      ({ other, distance }) => distance <= Math.min(2, Math.ceil(other.length / 3)) || isPart(name, other),
    )
    .sort((one, another) => one.distance - another.distance);
  return nearest?.other;
}

const isPart = (name: string, other: string): boolean => name.length > 2 && other.startsWith(name);

/** Levenshtein: letters to insert, drop or replace. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
