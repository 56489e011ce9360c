import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { type LogInput, listInput } from '#review/reader/logInput.ts';
import { type ReadOptions, readTrail } from '#review/reader/readTrail.ts';
import type { Trail } from '#review/reader/trail.ts';

/** Files by path, as they lie in a folder. */
export type Files = Record<string, string | Buffer>;

/** A folder with these files, gone when the test is over. */
export async function logFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-logs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeInto(folder, files);
  return folder;
}

export async function writeInto(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** `input` is what was listed, where a test wants other than what lies there. */
export async function readFolder(
  folder: string,
  options: Partial<ReadOptions> = {},
  input?: LogInput,
): Promise<Trail> {
  return readTrail(input ?? (await listInput(folder)), { workers: 1, hashContents: false, ...options });
}

/** The trail of a folder with these files. */
export const readFiles = async (files: Files, options: Partial<ReadOptions> = {}): Promise<Trail> =>
  readFolder(await logFolder(files), options);

/** A file as CloudTrail writes it. */
export const logFile = (records: readonly unknown[]): Buffer =>
  gzipSync(JSON.stringify({ Records: records }), { level: 1 });
