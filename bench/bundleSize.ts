import { bundleFunctions } from '#infra/bundle.ts';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import type { Measured } from './measured.ts';

/** Somebody waits for these when they start. */
const apiFunctions = new Set<FunctionName>(['requests', 'decisions', 'credentials', 'authorizer', 'web']);

/** The most bytes that a function's bundle may have, minified, without its source map. */
export const bundleLimit = (name: FunctionName): number => (apiFunctions.has(name) ? 450_000 : 700_000);

/** Kilobytes of each function's bundle. */
export const bundleSize = (): Promise<Measured[]> =>
  inTemporaryFolder(async (outdir) => {
    const { sizes } = await bundleFunctions({ outdir });
    return functionNames.map((name) => ({
      what: `Bundle of ${name}`,
      value: Math.ceil((sizes[name] ?? Number.NaN) / 1_000),
      unit: 'kB',
      limit: { atMost: bundleLimit(name) / 1_000 },
    }));
  });
