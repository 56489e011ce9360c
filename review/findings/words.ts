import { visibleLine } from '#domain/visibleText.ts';

/** A text out of the logs as it may stand in a sentence: one line, nothing invisible, not endless. */
export function quoted(text: string, longest = 120): string {
  const line = visibleLine(text);
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** `1 call`, `2 calls` */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `no call`, `1 call`, `2 calls`: before a verb. */
export const countedOrNo = (count: number, what: string): string =>
  count === 0 ? `no ${what}` : counted(count, what);

/** As many ids of events as a finding carries: a script can make a million calls. */
export const someOf = (eventIds: readonly string[]): string[] => eventIds.slice(0, 50);
