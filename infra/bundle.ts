import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { functions } from './functions.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

const standIn = (name: string): string => join(repositoryRoot, 'lambdas/runtime', `${name}.ts`);

/** `alias` replaces packages; zod's schemas import the JSON Schema generator, two modules, by relative paths. */
const withoutJsonSchema: Plugin = {
  name: 'without-json-schema',
  setup({ onResolve }) {
    onResolve({ filter: /\/(to-json-schema|json-schema-processors)\.js$/ }, ({ importer }) =>
      importer.endsWith('/zod/v4/classic/schemas.js') ? { path: standIn('noJsonSchema') } : undefined,
    );
  },
};

/** The SDK's clients read their version from their `package.json`, the whole of which would be in the bundle. */
const clientVersionsOnly: Plugin = {
  name: 'client-versions-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** How a Lambda function is bundled, for the local server and for the deployment alike. */
export const functionBuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // For whoever reads a stack trace beside the sources. The runtime is not told to (`--enable-source-maps`): every cold start
  // would load the map, and take a fifth longer.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  alias: {
    '@aws-sdk/credential-provider-node': standIn('environmentCredentials'),
    '@aws-sdk/endpoint-cache': standIn('noEndpointDiscovery'),
  },
  plugins: [withoutJsonSchema, clientVersionsOnly],
  // CommonJS dependencies call `require`, which an ES module does not have.
  banner: {
    js: "import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);",
  },
  logLevel: 'silent',
} as const satisfies BuildOptions;

const browserBuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  minify: true,
  sourcemap: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

const functionEntries = Object.fromEntries(
  Object.entries(functions).map(([name, { entry }]) => [name, entry]),
);
const browserEntries = ['approve'];
const staticFileTypes = new Set(['.html', '.css', '.svg']);

export interface FunctionBundles {
  /** Where a function's bundle is: `<outdir>/<function>/index.mjs`, its folder being the deployment package. */
  fileOf(functionName: string): string;
  /** Minified size in bytes, source map not counted. */
  sizes: Record<string, number>;
}

/** Bundles every function into a folder of its own, with `files` (name → text) beside each bundle. */
export async function bundleFunctions(options: {
  outdir: string;
  entries?: Record<string, string>;
  files?: Record<string, string>;
}): Promise<FunctionBundles> {
  const entries = options.entries ?? functionEntries;
  const fileOf = (functionName: string): string => join(options.outdir, functionName, 'index.mjs');
  const { metafile } = await build({
    ...functionBuildOptions,
    absWorkingDir: repositoryRoot,
    entryPoints: Object.entries(entries).map(([name, file]) => ({ in: file, out: `${name}/index` })),
    outdir: options.outdir,
    metafile: true,
  });
  await writeBeside(Object.keys(entries).map(fileOf), options.files ?? {});
  const sizes = Object.entries(metafile.outputs).flatMap(([file, output]) =>
    file.endsWith('.mjs') ? [[dirname(file).split('/').at(-1) ?? file, output.bytes] as const] : [],
  );
  return { fileOf, sizes: Object.fromEntries(sizes) };
}

/** Builds the browser scripts and copies the static files of `web/` into `outdir`, the web root, with `files` (name → text). */
export async function bundleWeb(options: {
  outdir: string;
  source?: string;
  files?: Record<string, string>;
}): Promise<void> {
  const source = options.source ?? join(repositoryRoot, 'web');
  await mkdir(options.outdir, { recursive: true });
  await build({
    ...browserBuildOptions,
    absWorkingDir: repositoryRoot,
    entryPoints: browserEntries.map((name) => ({ in: join(source, `${name}.ts`), out: name })),
    outdir: options.outdir,
  });
  const files = (await readdir(source)).filter((file) => staticFileTypes.has(extname(file)));
  await Promise.all([
    ...files.map((file) => copyFile(join(source, file), join(options.outdir, file))),
    ...Object.entries(options.files ?? {}).map(([name, text]) => writeFile(join(options.outdir, name), text)),
  ]);
}

async function writeBeside(bundles: string[], files: Record<string, string>): Promise<void> {
  const writes = bundles.flatMap((bundle) =>
    Object.entries(files).map(([name, text]) => writeFile(join(dirname(bundle), name), text)),
  );
  await Promise.all(writes);
}
