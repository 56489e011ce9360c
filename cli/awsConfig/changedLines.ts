/** The lines that differ between two texts that are the same before and after them: `- old`, `+ new`. */
export function changedLines(before: string, after: string): string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  return [
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...fresh.slice(head, fresh.length - tail).map((line) => `+ ${line}`),
  ];
}

/** Without the end of the last line, which begins no other. An empty text has none. */
const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).slice(0, /(^|\n)$/.test(text) ? -1 : undefined);
