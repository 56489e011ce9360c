import { delimiter, isAbsolute } from 'node:path';

/** The folders that programs are looked for in, outside of npm and npx: those add some for what they start, and some of those are in a cache. */
export const shellPath = (): string[] =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder));
