import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunctions, bundleWeb } from '../infra/bundle.ts';
import { builtFolder } from './builtFolder.ts';

const sources = [
  'domain',
  'lambdas',
  'client',
  'web',
  'infra/functions.ts',
  'infra/bundle.ts',
  'package-lock.json',
];

export interface BuiltBundles {
  /** Where a function's bundle is. */
  fileOf(functionName: string): string;
  /** Copies the pages and their scripts into a web root. */
  copyWeb(webRoot: string): Promise<void>;
}

/** The bundles of the sources as they are now: most of a server's start would be spent on them, and tests start many. */
export async function builtBundles(): Promise<BuiltBundles> {
  const folder = await builtFolder({
    name: 'bundles',
    sources,
    async into(outdir) {
      await Promise.all([
        bundleFunctions({ outdir: join(outdir, 'functions') }),
        bundleWeb({ outdir: join(outdir, 'web') }),
      ]);
    },
  });
  return {
    fileOf: (functionName) => join(folder, 'functions', functionName, 'index.mjs'),
    copyWeb: (webRoot) => cp(join(folder, 'web'), webRoot, { recursive: true }),
  };
}
