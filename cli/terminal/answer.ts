/** The answer of a command, on stdout: the value as JSON where that is wanted, else lines for people. */
export function answer(
  value: unknown,
  lines: () => string[],
  { json }: { json?: boolean | undefined },
): void {
  const text = json ? visibleJson(value) : lines().join('\n');
  if (text !== '') process.stdout.write(`${text}\n`);
}

/** What is no answer: progress, remarks, what to do next. */
export function remark(...lines: string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}

/** JSON in which the invisible is escaped: it says the same, and cannot steer a terminal. */
const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(unseen, (letter) =>
    [...Array(letter.length).keys()].map((index) => escaped(letter.charCodeAt(index))).join(''),
  );

const unseen = /[\u007f-\u009f\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
