import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes files into a folder, which is made where it is missing. Each is streamed under another name first, and only when all are
 * whole they take their names: whoever looks in between sees the files of before. What fails leaves nothing behind.
 */
export async function writeFiles(directory: string, files: Record<string, Iterable<string>>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = Object.entries(files).map(([name, pieces]) => ({
    pieces,
    final: join(directory, name),
    part: join(directory, `.${name}.part`),
  }));
  try {
    for (const { part, pieces } of names)
      await pipeline(Readable.from(blocksOf(pieces), { objectMode: false }), createWriteStream(part));
    for (const { part, final } of names) await rename(part, final);
  } catch (error) {
    await Promise.all(names.map(({ part }) => rm(part, { force: true })));
    throw error;
  }
}

/** Characters at a time: a stream's turn costs more than a line. */
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
