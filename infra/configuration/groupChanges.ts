type Groups = Record<string, readonly string[]>;

/** What differs between two readings of groups, for whoever reviews it: who came and who went, group by group. */
export function describeChanges(before: Groups, after: Groups): string[] {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return [
    ...Object.entries(after).flatMap(([name, people]) => changesOf(name, before[name], people)),
    ...gone.map((name) => `${name}: left out, the catalogue leaves it to the directory no longer`),
  ];
}

function changesOf(name: string, before: readonly string[] | undefined, after: readonly string[]): string[] {
  const came = new Set(after).difference(new Set(before));
  const went = new Set(before).difference(new Set(after));
  const size = new Set(after).size;
  const count = size === 1 ? '1 person' : `${size} people`;
  if (before && came.size + went.size === 0) return [`${name}: ${count}, as before`];
  return [
    `${name}: ${count}`,
    ...[...came].sort().map((email) => `  + ${email}`),
    ...[...went].sort().map((email) => `  - ${email}`),
  ];
}
