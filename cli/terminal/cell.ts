import { styleText } from 'node:util';

/** A text, and how it looks on a terminal. */
export interface Cell {
  text: string;
  format?: Parameters<typeof styleText>[0];
}

/** In its colour, where the output is a terminal and NO_COLOR does not speak against it. */
export function styled({ text, format = [] }: Cell, stream: NodeJS.WriteStream): string {
  if (text === '') return text;
  // One by one: of a list Node 22.13 does not ask the stream.
  return [format].flat().reduceRight((inner, each) => styleText(each, inner, { stream }), text);
}
