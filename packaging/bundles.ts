import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { listText } from './listText.ts';
import { actionListOf } from './packedActions.ts';

/** The command's parts load each other by these. */
const command = {
  entryPoints: { countersign: 'cli/countersign.ts', readerWorker: 'review/reader/readerWorker.ts' },
  platform: 'node',
  // As packaging/bin.js says.
  target: 'node22',
  splitting: true,
  inject: ['packaging/warmPath.ts'],
  // Its files for Node are CommonJS, which asks for Node's own modules in a way that a bundle of ES modules has not.
  alias: { yaml: resolve('node_modules/yaml/browser/index.js') },
} as const satisfies BuildOptions;

/** One file, for browsers too. */
const client = {
  entryPoints: { client: 'client/countersign.ts' },
  platform: 'neutral',
  target: 'es2023',
} as const satisfies BuildOptions;

/** Bundles the command and the client, and puts beside them what they read at run time. Answers what went in. */
export async function bundleInto(folder: string, { version }: { version: string }): Promise<Metafile[]> {
  const common = {
    bundle: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [versionOnly(version), builtWorker, compactActionList],
    outdir: folder,
  } as const satisfies BuildOptions;
  await mkdir(folder, { recursive: true });
  const [built] = await Promise.all([
    Promise.all([build({ ...common, ...command }), build({ ...common, ...client })]),
    copyFile('review/report/report.css', join(folder, 'report.css')),
    copyFile('packaging/bin.js', join(folder, 'bin.js')),
  ]);
  return built.map(({ metafile }) => metafile);
}

/** Of the repository's own manifest, the rest of which would be in the bundle. */
const versionOnly = (version: string): Plugin => ({
  name: 'version-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) =>
      path.includes('node_modules') ? undefined : { contents: JSON.stringify({ version }), loader: 'json' },
    );
  },
});

/** Bundlers leave the file of a worker as it is written: the source's name. */
const builtWorker: Plugin = {
  name: 'built-worker',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]review[\\/]reader[\\/]readerPool\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace("'./readerWorker.ts'", "'./readerWorker.js'");
      if (contents === source) throw new Error(`${path} starts no worker where it did.`);
      return { contents, loader: 'ts' };
    });
  },
};

/** AWS's actions, of which the package reads eleven megabytes of files. */
const compactActionList: Plugin = {
  name: 'compact-action-list',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@cloud-copilot[\\/]iam-data[\\/]dist[\\/]esm[\\/]index\.js$/ }, async () => {
      const contents = `import { actionListOf } from './packaging/packedActions.ts';
        export const { ${Object.keys(actionListOf('')).join(', ')} } = actionListOf(${JSON.stringify(await listText())});`;
      return { contents, loader: 'js', resolveDir: resolve() };
    });
  },
};
