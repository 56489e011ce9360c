import { styleText } from 'node:util';

/** A text, and how it looks on a terminal. */
export interface Cell {
  text: string;
  format?: Parameters<typeof styleText>[0];
}

/** In its colour, where the output is a terminal and NO_COLOR does not speak against it. */
export const styled = ({ text, format }: Cell, output: NodeJS.WriteStream): string =>
  format === undefined || text === '' ? text : styleText(format, text, { stream: output });
