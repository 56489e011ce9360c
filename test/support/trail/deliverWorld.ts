import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addSeconds } from '#domain/instant.ts';
import { tableExport } from './countersign/tableExport.ts';
import { deliver, type LogFile, writeInsightFile, writeLogFiles } from './delivery.ts';
import { type SignedDigest, writeDigests, writeKeyFile } from './digests.ts';
import { organisation } from './organisation.ts';
import { backgroundOf, recordsBesideBackground, type World } from './world.ts';

/** A world as it lies on the reviewer's disk. */
export interface Delivered {
  world: World;
  /** Folder with `logs`, `keys.json` and `table.json`. */
  folder: string;
  logs: string;
  files: LogFile[];
  /** Paths of log files that a fault was planted into: each has its own. */
  touched: Set<string>;
  /** Where digests were written: the chains, by account and region, and the file of public keys. */
  chains: SignedDigest[][];
  keys?: string;
  table: string;
}

/** Writes the world's logs below `folder`, with digest files where `digests` says so, and the export of the request table. */
export async function deliverWorld(
  world: World,
  { folder, digests = false }: { folder: string; digests?: boolean },
): Promise<Delivered> {
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const random = world.random.fork('delivery');
  const files = deliver(random, [...recordsBesideBackground(world), ...backgroundOf(world)]);
  await writeLogFiles(logs, files);
  const place = { account: organisation.accounts.production, region: 'us-east-1' };
  await writeInsightFile(logs, { random, ...place, at: addSeconds(world.from, 40_000) });
  const table = join(folder, 'table.json');
  const requests = [...world.installation.stories, ...world.second.stories].map(({ request }) => request);
  await writeFile(table, tableExport(requests));
  const delivered = { world, folder, logs, files, touched: new Set<string>(), table };
  if (!digests) return { ...delivered, chains: [] };
  const keys = join(folder, 'keys.json');
  await writeKeyFile(keys, organisation.regions);
  const { regions } = organisation;
  const chains = await writeDigests(logs, { from: world.from, to: addSeconds(world.to, 7_200), regions });
  return { ...delivered, chains, keys };
}
