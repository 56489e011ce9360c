import type { Progress } from '#review/reader/readTrail.ts';
import { columnsOf } from '../terminal/columns.ts';
import { number } from '../terminal/counted.ts';

/** Work that is over sooner needs no progress: a line that comes and goes at once only flickers. */
const patience = 500;
const barLength = 20;

/** One line that says how far a review is; rewritten on a terminal, and nothing anywhere else. */
export function showProgress(stream: NodeJS.WriteStream) {
  const began = performance.now();
  let shown = false;
  const show = (line: string): void => {
    if (!stream.isTTY || performance.now() - began < patience) return;
    shown = true;
    // A line that wraps could not be rewritten.
    stream.write(`\r${line.slice(0, columnsOf(stream) - 1)}\u001b[K`);
  };
  return {
    onPhase: (phase: string): void => show(`${phase} …`),
    onProgress: (progress: Progress): void => show(progressLine(progress)),
    stop(): void {
      if (shown) stream.write('\r\u001b[K');
    },
  };
}

/** `Reading ██████░░░░  32 %  3,210 of 10,000 files  101,200 events/s  41 MB of 128 MB  0:07 left` */
export function progressLine({
  files,
  filesTotal,
  bytes,
  bytesTotal,
  records,
  milliseconds,
}: Progress): string {
  const part = bytesTotal > 0 ? Math.min(1, bytes / bytesTotal) : files / filesTotal;
  const filled = Math.round(part * barLength);
  const seconds = milliseconds / 1_000;
  return [
    `Reading ${'█'.repeat(filled)}${'░'.repeat(barLength - filled)}`,
    `${Math.floor(part * 100)} %`.padStart(5),
    `${number(files)} of ${number(filesTotal)} files`,
    seconds > 0 ? `${number(Math.round(records / seconds))} events/s` : '',
    bytesTotal > 0 ? `${megabytes(bytes)} of ${megabytes(bytesTotal)} MB` : '',
    part > 0 ? `${clock((seconds * (1 - part)) / part)} left` : '',
  ]
    .filter((text) => text !== '')
    .join('  ');
}

const megabytes = (bytes: number): string => number(Math.round(bytes / 1_000_000));

/** Minutes and seconds, rounded up: `0:07`, `12:30`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
