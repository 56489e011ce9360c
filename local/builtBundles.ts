import { createHash, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunctions, bundleWeb } from '../infra/bundle.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
const cache = join(repositoryRoot, 'node_modules/.cache/countersign');

/** What goes into the bundles: a change to any of it is another build. */
const sources = ['domain', 'lambdas', 'web', 'infra/functions.ts', 'infra/bundle.ts', 'package-lock.json'];

export interface BuiltBundles {
  /** Where a function's bundle is. */
  fileOf(functionName: string): string;
  /** Copies the pages and their scripts into a web root. */
  copyWeb(webRoot: string): Promise<void>;
}

/**
 * The bundles of the sources as they are now, built when they were not built before: most of a server's start would be
 * spent on it, and tests start many. Several processes may ask at the same time.
 */
export async function builtBundles(): Promise<BuiltBundles> {
  const folder = join(cache, await digestOfSources());
  if (!existsSync(folder)) await buildInto(folder);
  return {
    fileOf: (functionName) => join(folder, 'functions', functionName, 'index.mjs'),
    copyWeb: (webRoot) => cp(join(folder, 'web'), webRoot, { recursive: true }),
  };
}

async function buildInto(folder: string): Promise<void> {
  await forgetOthers();
  const unfinished = `${folder}.${randomUUID()}`;
  await Promise.all([
    bundleFunctions({ outdir: join(unfinished, 'functions') }),
    bundleWeb({ outdir: join(unfinished, 'web') }),
  ]);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    // Somebody else was quicker, with the same.
    await rm(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Builds of other sources, save the newest few, which a server that runs may still load from. */
async function forgetOthers(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folders = (await readdir(cache)).map((name) => join(cache, name));
  const newestFirst = folders.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  await Promise.all(newestFirst.slice(8).map((folder) => rm(folder, { recursive: true, force: true })));
}

async function digestOfSources(): Promise<string> {
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
