import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** CloudTrail of others, which has licences of its own and is no part of this repository. */
const root =
  process.env.COUNTERSIGN_REAL_LOGS ?? fileURLToPath(new URL('../../../shared/trail', import.meta.url));

/** The path of a set such as `real/stratus`, or of `EXPECTED.json`; undefined where it is absent. */
export function realLogs(set: string): string | undefined {
  const path = join(root, set);
  return existsSync(path) ? path : undefined;
}

const isAbsent = realLogs('EXPECTED.json') === undefined;
if (isAbsent) process.stderr.write(`Skipped: there are no CloudTrail logs of others in ${root}.\n`);

/** `describe` for tests over them; skips, and says so, where they are absent. */
// oxlint-disable-next-line vitest/valid-describe-callback, vitest/valid-title -- the tests are given where it is called.
export const describeRealLogs = describe.skipIf(isAbsent);
