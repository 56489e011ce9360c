import type { Catalogue } from '#domain/catalogue.ts';
import type { Finding } from '#review/findings/finding.ts';
import type { Review } from '#review/review.ts';
import { runReview } from '#review/runReview.ts';
import { inTemporaryFolder } from '../temporaryFolder.ts';
import { aWorld, type WorldOptions } from './aWorld.ts';
import { type Delivered, deliverWorld } from './deliverWorld.ts';
import { type Expected, type Fault, may, says } from './faults/fault.ts';
import type { World } from './world.ts';

/** How a review did on a world into which faults were planted. */
export interface Score {
  /** What had to be found. */
  expected: Expected[];
  /** Of those, what was not. */
  missed: Expected[];
  /** What was found, other than what is merely worth reading. */
  found: Finding[];
  /** Of those, what is not true of anything that was planted. */
  falseAlarms: Finding[];
}

/** Plants faults into a world, writes it as files, and has them reviewed like any others. */
export const plantAndReview = (faults: readonly Fault[], options: WorldOptions): Promise<Score> =>
  inTemporaryFolder(async (folder) => {
    const world = await aWorld(options);
    const planted = new Map<Fault, Expected[]>();
    for (const fault of faults) planted.set(fault, (await fault.plant?.(world)) ?? []);
    const delivered = await deliverWorld(world, { folder, digests: faults.some(({ digests }) => digests) });
    for (const [fault, expected] of planted)
      planted.set(fault, [...expected, ...((await fault.alter?.(delivered, expected)) ?? [])]);
    const table = faults.some((fault) => fault.table);
    const { findings } = await reviewOf(delivered, { table });
    const expected = [...planted.values()].flat();
    // What was done to the trail, the table does not know: where it is there, it says so.
    const differing = table ? expected.map(({ of }) => may('table-differs', ...of)) : [];
    return scoreOf([...expected, ...differing], findings);
  });

/** Reviews a delivered world through its files, with the catalogues that were in force. */
export const reviewOf = (
  { logs, keys, table, world }: Delivered,
  options: { table?: boolean; workers?: number } = {},
): Promise<Review> =>
  runReview({
    directory: logs,
    period: {},
    keysFile: keys,
    tableFile: options.table ? table : undefined,
    catalogues: new Map(cataloguesOf(world).map((catalogue) => [catalogue.digest, catalogue])),
    workers: options.workers ?? 1,
    parameters: {},
    tool: { name: 'countersign', version: 'test' },
    madeAt: world.to,
  });

const cataloguesOf = ({ installation, second, earlierCatalogue }: World): Catalogue[] => [
  earlierCatalogue,
  installation.catalogue,
  second.catalogue,
];

function scoreOf(expected: readonly Expected[], findings: readonly Finding[]): Score {
  const required = expected.filter(({ optional }) => !optional);
  const found = findings.filter(({ severity }) => severity !== 'info');
  return {
    expected: required,
    missed: required.filter((one) => !found.some((finding) => says(finding, one))),
    found,
    falseAlarms: found.filter((finding) => !expected.some((one) => says(finding, one))),
  };
}
