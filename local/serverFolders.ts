import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { takeDataFolder } from './dataFolder.ts';

export interface ServerFolders {
  /** The packed catalogue that the functions read. */
  catalogueFile: string;
  /** The web root that the `web` function serves. */
  webRoot: string;
  /** Root of the trail's bucket. */
  trail: string;
  /** The store's file; absent, the store is in memory. */
  storeFile?: string;
  /** What the AWS endpoint keeps; absent, it is in memory. */
  data?: string;
  /** Removes what the next start makes anew. The trail stays: it is what is left to be reviewed. */
  remove: () => Promise<void>;
}

/** Makes the folders of a local server: in `dataDirectory`, or temporary ones without. */
export async function makeFolders(dataDirectory: string | undefined): Promise<ServerFolders> {
  const root = dataDirectory ? resolve(dataDirectory) : await mkdtemp(join(tmpdir(), 'countersign-'));
  const giveBack = dataDirectory ? await takeDataFolder(root) : undefined;
  const [build, trail] = [join(root, 'build'), join(root, 'trail')];
  // A bundle of an earlier version must not be taken for one of this.
  await rm(build, { recursive: true, force: true });
  await Promise.all([mkdir(build, { recursive: true }), mkdir(trail, { recursive: true })]);
  return {
    catalogueFile: join(build, 'catalogue.json'),
    webRoot: join(build, 'web'),
    trail,
    ...(dataDirectory && { storeFile: join(root, 'countersign.sqlite'), data: root }),
    async remove() {
      await rm(build, { recursive: true, force: true });
      await giveBack?.();
    },
  };
}
