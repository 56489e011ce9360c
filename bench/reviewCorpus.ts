import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { aWorld } from '../test/support/trail/aWorld.ts';
import { logPath } from '../test/support/trail/delivery.ts';
import { type Random, randomOf } from '../test/support/trail/random.ts';
import type { TrailRecord } from '../test/support/trail/trailRecord.ts';
import { backgroundOf, recordsBesideBackground, type World } from '../test/support/trail/world.ts';

/** The same records in folders of differently large files. */
interface Corpus {
  folder: string;
  /** On average; CloudTrail's own files hold few where little goes on, and some thousands where much does. */
  recordsPerFile: number;
}

/** Makes about forty events a session, as in logs of real accounts. */
const busy = 2;

/**
 * Writes a trail of about `events` records, with the grants of an installation among them, into each corpus. One record in forty
 * is delivered twice. Answers how many records each holds.
 */
export async function writeCorpora(corpora: readonly Corpus[], events: number): Promise<number> {
  const world = await aWorld({ seed: 'bench', days: 30, requests: 100, events, busy });
  const random = randomOf('files');
  const writers = corpora.map((corpus) => fileWriter(corpus, random.fork(corpus.folder)));
  let written = 0;
  let again: { record: TrailRecord; text: string } | undefined;
  const write = (record: TrailRecord, text: string): void => {
    for (const writer of writers) writer.add(record, text);
    written += 1;
  };
  for (const record of allRecords(world)) {
    const text = JSON.stringify(record);
    write(record, text);
    if (again && written % 40 === 0) write(again.record, again.text);
    if (written % 37 === 0) again = { record, text };
  }
  for (const writer of writers) writer.end();
  return written;
}

function* allRecords(world: World): Generator<TrailRecord> {
  yield* recordsBesideBackground(world);
  yield* backgroundOf(world);
}

/** Fills a file for each account and region, and writes it when it is full. */
function fileWriter({ folder, recordsPerFile }: Corpus, random: Random) {
  const open = new Map<string, { first: TrailRecord; texts: string[]; full: number }>();
  const folders = new Set<string>();
  const close = (place: string): void => {
    const file = open.get(place);
    if (!file) return;
    open.delete(place);
    const { recipientAccountId: account, eventTime: slot, awsRegion } = file.first;
    const path = join(folder, logPath(random, { account, slot, region: String(awsRegion) }));
    if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    folders.add(dirname(path));
    writeFileSync(path, gzipSync(`{"Records":[${file.texts.join(',')}]}`));
  };
  return {
    add(record: TrailRecord, text: string): void {
      const place = `${record.recipientAccountId} ${String(record.awsRegion)}`;
      const full = random.whole(1, 2 * recordsPerFile - 1);
      const file = open.get(place) ?? { first: record, texts: [], full };
      open.set(place, file);
      file.texts.push(text);
      if (file.texts.length >= file.full) close(place);
    },
    end(): void {
      for (const place of open.keys()) close(place);
    },
  };
}
