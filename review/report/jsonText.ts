/** Characters that a line may have beside its indentation. */
const width = 100;

/** Levels that are indented; what lies deeper stands in one line, however long. */
const deepest = 8;

/** JSON for people: what fits into one line stands in one, so that a policy is read at one glance. */
export function jsonText(value: unknown, depth = 0): string {
  const line = inOneLine(value);
  if (typeof value !== 'object' || value === null || line.length <= width || depth === deepest) return line;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => jsonText(item, depth + 1))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, depth + 1)}`);
  const indent = '  '.repeat(depth);
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}

/** A line break within a text is written `\n`: those that go are between the parts. */
const inOneLine = (value: unknown): string => JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
