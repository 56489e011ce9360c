import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';

/** `npm pack` takes these from the top folder, and the package's own are others. */
const swapped = ['package.json', 'README.md'];
const kept = 'dist/checkout';

/** Everything that packing makes at the top. */
export const built = { library: 'lib', licences: 'THIRD-PARTY-LICENCES.txt' };

/** Puts the package's files in the place of the repository's, which are kept until `putBack`. */
export async function swapIn(texts: Record<string, string>): Promise<void> {
  await mkdir(kept, { recursive: true });
  for (const name of swapped) await copyFile(name, `${kept}/${name}`);
  for (const name of swapped) await writeFile(name, texts[name] ?? '');
}

/** The repository as it was before: also after a pack that was killed half-way. */
export async function putBack(): Promise<void> {
  for (const name of swapped) if (existsSync(`${kept}/${name}`)) await rename(`${kept}/${name}`, name);
  await rm(built.library, { recursive: true, force: true });
  await rm(built.licences, { force: true });
}
