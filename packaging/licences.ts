import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The licences of everything of others that is in the bundles. Throws for a package that comes without one. */
export async function licencesOf(metafiles: readonly Metafile[]): Promise<string> {
  const bundled = metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder));
  const folders = new Set(bundled.flatMap((folder) => [folder, ...inside(folder)]));
  const texts = await Promise.all([...folders].sort().map(licenceIn));
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Packages that another has in its own file. */
const inside = (folder: string): string[] =>
  basename(folder) === 'redos-detector' ? [join(dirname(folder), 'regjsparser')] : [];

/** `node_modules/@noble/hashes/esm/sha2.js` → `node_modules/@noble/hashes` */
const packageFolder = (path: string): string[] =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.slice(0, 1) ?? [];

async function licenceIn(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} is bundled and has no licence.`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
}
