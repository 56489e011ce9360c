import { type Bounds, usualBounds } from './logFileReader.ts';
import type { ListedFile, LogInput } from './logInput.ts';
import { mergeCollected } from './mergeCollected.ts';
import { type Batch, readWithWorkers } from './readerPool.ts';
import type { Trail } from './trail.ts';
import { trailOf } from './trailOf.ts';

export interface Progress {
  files: number;
  filesTotal: number;
  /** Of the files as they lie there; 0 where their lengths were not asked for. */
  bytes: number;
  bytesTotal: number;
  records: number;
  milliseconds: number;
}

export interface ReadOptions {
  /** Threads that read; the calling thread is one of them. */
  workers: number;
  /** Whether to hash the uncompressed content of each file too. */
  hashContents: boolean;
  /** Called at most ten times a second, and once at the end. */
  onProgress?(progress: Progress): void;
  /** For tests. */
  bounds?: Bounds;
}

/**
 * Reads all log files of a folder. The answer does not depend on the order of files or on the number of workers. A file that
 * cannot be read is counted; it rejects only where a thread stops.
 */
export async function readTrail(input: LogInput, options: ReadOptions): Promise<Trail> {
  const batches = batchesOf(input.logs);
  const onRead = progressReport(input.logs, options.onProgress);
  const { workers, hashContents, bounds = usualBounds } = options;
  const reading = { directory: input.directory, hashContents, alone: workers === 1, bounds };
  const parts = await readWithWorkers(batches, { workers, reading, onRead });
  const notOpened = input.notOpened.map(({ path }) => path);
  return trailOf(mergeCollected(parts), { notOpened, otherFiles: input.others.length });
}

/** Few enough that threads end at the same time, enough that asking for them costs nothing. */
const batch = { files: 128, bytes: 1024 * 1024 };

function* batchesOf(files: readonly ListedFile[]): Generator<Batch> {
  let next: Batch = { files: [], bytes: 0 };
  for (const [index, file] of files.entries()) {
    next.files.push({ index, ...file });
    next.bytes += file.bytes ?? 0;
    if (next.files.length < batch.files && next.bytes < batch.bytes) continue;
    yield next;
    next = { files: [], bytes: 0 };
  }
  if (next.files.length > 0) yield next;
}

type OnRead = (batch: Batch, records: number) => void;

const millisecondsBetweenReports = 100;

function progressReport(files: readonly ListedFile[], onProgress: ReadOptions['onProgress']): OnRead {
  const start = performance.now();
  let reported = 0;
  const progress = {
    files: 0,
    filesTotal: files.length,
    bytes: 0,
    bytesTotal: files.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    records: 0,
    milliseconds: 0,
  };
  return (batch, records) => {
    progress.files += batch.files.length;
    progress.bytes += batch.bytes;
    progress.records += records;
    progress.milliseconds = performance.now() - start;
    const isLast = progress.files === progress.filesTotal;
    if (!isLast && progress.milliseconds < reported + millisecondsBetweenReports) return;
    reported = progress.milliseconds;
    onProgress?.({ ...progress });
  };
}
