/**
 * JSON values that stand one after another in a text, with any white space between: one value, one on each line, or pages
 * that were written one after the other. Throws what `fault` makes where something in the text is no JSON.
 */
export function jsonValuesIn(text: string, fault: () => Error): unknown[] {
  const values: unknown[] = [];
  for (let start = nextValue(text, 0); start < text.length; ) {
    const end = endOfValue(text, start);
    const value = parsedJson(text.slice(start, end));
    if (value === undefined) throw fault();
    values.push(value);
    start = nextValue(text, end);
  }
  return values;
}

/** The value of a JSON text; undefined where it is none, which no JSON text stands for. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the next value begins: behind white space and a byte order mark. */
function nextValue(text: string, from: number): number {
  let place = from;
  while (place < text.length && /[\s\uFEFF]/.test(text[place] ?? '')) place++;
  return place;
}

/** Behind the brace or bracket that closes the one at `start`; the text's end where none does. */
function endOfValue(text: string, start: number): number {
  const marks = /["{}[\]]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '"') marks.lastIndex = endOfString(text, marks.lastIndex);
    else depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
    if (depth <= 0) return marks.lastIndex;
  }
  return text.length;
}

/** Behind the quotation mark that closes a string whose content begins at `from`. */
function endOfString(text: string, from: number): number {
  const marks = /["\\]/g;
  marks.lastIndex = from;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '"') return marks.lastIndex;
    marks.lastIndex++;
  }
  return text.length;
}
