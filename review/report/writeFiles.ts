import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/**
 * Writes files into a folder, which is made where it is missing. Each is written under another name first, and only when all are
 * whole they take their names: whoever looks in between sees the files of before. What fails, or is stopped by a signal, leaves nothing
 * behind.
 */
export async function writeFiles(directory: string, files: Record<string, Iterable<string>>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = Object.entries(files).map(([name, pieces]) => ({
    pieces,
    final: join(directory, name),
    part: join(directory, `.${name}.part`),
  }));
  const removeParts = (): void => {
    for (const { part } of names) rmSync(part, { force: true });
  };
  const stop = (signal: NodeJS.Signals): void => {
    removeParts();
    // Nobody listens any more: it ends the process.
    process.kill(process.pid, signal);
  };
  for (const signal of stopping) process.once(signal, stop);
  removeParts();
  try {
    for (const { part, pieces } of names) await writeInTurns(part, pieces);
    for (const { part, final } of names) await rename(part, final);
  } finally {
    for (const signal of stopping) process.off(signal, stop);
    removeParts();
  }
}

const stopping: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Waiting for each block costs more than to write it at once; in between, signals get their turn. */
async function writeInTurns(path: string, pieces: Iterable<string>): Promise<void> {
  // `wx`: made anew, so that nothing is written where a link that somebody left here leads.
  const file = openSync(path, 'wx');
  try {
    for (const block of blocksOf(pieces)) {
      writeFileSync(file, block);
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}

/** Characters at a time: a system's call costs more than a line. */
const block = 65_536;

function* blocksOf(pieces: Iterable<string>): Generator<string> {
  let held = '';
  for (const piece of pieces) {
    held += piece;
    if (held.length < block) continue;
    yield held;
    held = '';
  }
  if (held !== '') yield held;
}
