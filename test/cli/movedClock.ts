import { readFileSync } from 'node:fs';
import { installOffset } from '../../local/clock.ts';

/**
 * Loaded before a command (`--import`): its clock then runs as far ahead as the file says that MOVED_CLOCK names, in milliseconds, as the local
 * server's does after `/_local/clock`.
 */
const file = process.env.MOVED_CLOCK ?? '';
const offset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
const shift = new Float64Array(offset);
const look = (): void => {
  shift[0] = Number(readFileSync(file, 'utf8'));
};
look();
installOffset(offset);
setInterval(look, 50).unref();
