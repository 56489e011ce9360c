import { createHash, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** What is built from sources, in a folder. */
export interface Build {
  /** The cache is one folder for each name. */
  name: string;
  /** Files, and folders with all their files: a change to any of it is another build. */
  sources: string[];
  into(folder: string): Promise<void>;
}

/**
 * The folder with what was built from the sources as they are now; builds it when that was not done before. Several processes
 * may ask at the same time.
 */
export async function builtFolder(build: Build): Promise<string> {
  const cache = join(repositoryRoot, 'node_modules/.cache/countersign', build.name);
  const folder = join(cache, await digestOf(build.sources));
  if (existsSync(folder)) return folder;
  await forgetOthers(cache);
  const unfinished = `${folder}.${randomUUID()}`;
  await build.into(unfinished);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    // Somebody else was quicker, with the same.
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Builds of other sources, save the newest few, which a process that runs may still load from. */
async function forgetOthers(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folders = (await readdir(cache)).map((name) => join(cache, name));
  const newestFirst = folders.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  await Promise.all(newestFirst.slice(8).map((folder) => rm(folder, { recursive: true, force: true })));
}

async function digestOf(sources: string[]): Promise<string> {
  const files = await Promise.all(sources.map(filesOf));
  const hash = createHash('sha256');
  for (const file of files.flat().sort())
    hash.update(`${file}\n`).update(await readFile(join(repositoryRoot, file)));
  return hash.digest('hex').slice(0, 32);
}

async function filesOf(source: string): Promise<string[]> {
  if (source.includes('.')) return [source];
  const entries = await readdir(join(repositoryRoot, source), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repositoryRoot.length));
}
