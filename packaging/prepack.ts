import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleInto } from './bundles.ts';
import { built, swapIn } from './checkout.ts';
import { writeClientTypes } from './clientTypes.ts';
import { licencesOf } from './licences.ts';
import { type Manifest, packedManifest } from './packedManifest.ts';

// What `npm pack` runs first, in the top folder, once postpack.ts has put back what a pack that was killed left there: in a process of its own,
// for the manifest of the package has not the short names that this one's imports go by.
const manifest: Manifest = JSON.parse(await readFile('package.json', 'utf8'));
const [metafiles] = await Promise.all([
  bundleInto(built.library, manifest),
  writeClientTypes(join(built.library, 'types')),
]);
await writeFile(built.licences, await licencesOf(metafiles));
// Last: until here a failure leaves nothing that differs from the repository.
await swapIn({
  'package.json': `${JSON.stringify(packedManifest(manifest), null, 2)}\n`,
  'README.md': await readFile('packaging/README.md', 'utf8'),
});
