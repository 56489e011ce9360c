import { type Cell, styled } from './cell.ts';
import { columnsOf } from './columns.ts';
import { cropped } from './width.ts';

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[J';
const clearRest = '\u001b[K';

/** Lines at the end of a terminal that are drawn again in place. */
export interface LiveRegion {
  show(lines: Cell[]): void;
  /** Takes the lines away, and gives the cursor back. */
  close(): void;
}

/**
 * Draws on a terminal. Each change is one write, over what stands there and not after clearing it, so that nothing flickers. The cursor is hidden
 * meanwhile and comes back when the process exits; where a signal could end it before, the caller listens (`untilInterrupted`).
 */
export function liveRegion(stream: NodeJS.WriteStream): LiveRegion {
  let height = 0;
  const restore = (): void => void stream.write(showCursor);
  process.once('exit', restore);
  stream.write(hideCursor);
  const draw = (lines: Cell[]): void => {
    const up = height > 0 ? `\u001b[${height}A` : '';
    // A line that wraps could not be drawn again.
    const room = columnsOf(stream) - 1;
    const drawn = lines.map((line) => styled({ ...line, text: cropped(line.text, room) }, stream));
    stream.write(`\r${up}${drawn.map((line) => `${line}${clearRest}\n`).join('')}${clearBelow}`);
    height = lines.length;
  };
  return {
    show: draw,
    close() {
      draw([]);
      restore();
      process.removeListener('exit', restore);
    },
  };
}
