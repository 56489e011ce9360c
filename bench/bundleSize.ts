import { bundleFunctions } from '#infra/bundle.ts';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import type { Measured } from './measured.ts';
import { inTemporaryFolder } from './temporaryFolder.ts';

const workflowFunctions = new Set<FunctionName>([
  'notifyApprovers',
  'issueSession',
  'endGrant',
  'reconcile',
  'mailFeedback',
]);

/** Kilobytes of each function's bundle, minified, without its source map. */
export const bundleSize = (): Promise<Measured[]> =>
  inTemporaryFolder(async (outdir) => {
    const { sizes } = await bundleFunctions({ outdir });
    return functionNames.map((name) => ({
      what: `Bundle of ${name}`,
      value: Math.round((sizes[name] ?? Number.NaN) / 1_000),
      unit: 'kB',
      limit: { atMost: workflowFunctions.has(name) ? 700 : 450 },
    }));
  });
