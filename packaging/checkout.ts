import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** `npm pack` takes these from the top folder, and the package's own are others. */
const swapped = ['package.json', 'README.md'];
const kept = 'dist/checkout';

/** Everything that packing makes at the top. */
export const built = { library: 'lib', licences: 'THIRD-PARTY-LICENCES.txt' };

/** Puts the package's files in the place of the repository's, which are kept until `putBack`. */
export async function swapIn(texts: Record<string, string>): Promise<void> {
  if (existsSync(kept))
    throw new Error('A pack was killed here. Put its files back: node packaging/postpack.ts');
  await mkdir(kept, { recursive: true });
  for (const name of swapped) {
    const text = texts[name] ?? '';
    await writeFile(packedCopy(name), text);
    await copyFile(name, `${kept}/${name}`);
    // As a whole: after a pack that was killed, either text stands there.
    await writeFile(`${packedCopy(name)}.draft`, text);
    await rename(`${packedCopy(name)}.draft`, name);
  }
}

/**
 * The repository as it was before: also after a pack that was killed half-way. A file that has been put back or edited since is
 * somebody's work and stays as it is.
 */
export async function putBack(): Promise<void> {
  for (const name of swapped) if (await isSwapped(name)) await rename(`${kept}/${name}`, name);
  await rm(kept, { recursive: true, force: true });
  await rm(built.library, { recursive: true, force: true });
  await rm(built.licences, { force: true });
}

/** The package's text for a file, beside the repository's own. */
const packedCopy = (name: string): string => `${kept}/${name}.packed`;

async function isSwapped(name: string): Promise<boolean> {
  if (!existsSync(`${kept}/${name}`) || !existsSync(packedCopy(name))) return false;
  return (await readFile(name, 'utf8').catch(() => '')) === (await readFile(packedCopy(name), 'utf8'));
}
