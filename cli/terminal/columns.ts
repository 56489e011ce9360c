import { unbounded } from './wrapped.ts';

/** Of a terminal that does not know its size: some say 0. */
const usual = 80;

/** Columns of text that an output has room for. */
export const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  isTTY ? columns || usual : unbounded;
