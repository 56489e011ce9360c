import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { packCatalogue } from '#domain/catalogue.ts';
import { parseCatalogue } from '#domain/catalogueSchema.ts';
import { bundleFunctions, functionBuildOptions } from '#infra/bundle.ts';
import { functionNames, functions } from '#infra/functions.ts';
import { functionWiring, localInstallation } from '#local/wiring.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import { bareClientsOf } from './bareClients.ts';
import { type Measured, median } from './measured.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
/** Each function's bundle and the bare clients, in turns: what else the machine does then hits both alike. */
const pairs = 11;

/** Import time of each function's bundle ÷ that of a bundle that only makes its SDK clients. */
export const importTime = (): Promise<Measured[]> =>
  inTemporaryFolder(async (folder) => {
    const catalogue = parseCatalogue(parse(await readFile(join(repositoryRoot, 'catalogue.yaml'), 'utf8')));
    const installation = localInstallation('http://127.0.0.1:8787', catalogue);
    const { fileOf } = await bundleFunctions({
      outdir: folder,
      files: { 'catalogue.json': packCatalogue(catalogue) },
    });
    const measured: Measured[] = [];
    for (const name of functionNames) {
      const bare = await bundleBare(folder, { name, source: await bareClientsOf(functions[name].entry) });
      const { environment } = functionWiring(name, installation, {
        webRoot: folder,
        catalogueFile: join(fileOf(name), '../catalogue.json'),
      });
      measured.push(...(await compare(name, { bundle: fileOf(name), bare, environment })));
    }
    return measured;
  });

async function bundleBare(
  folder: string,
  { name, source }: { name: string; source: string },
): Promise<string | undefined> {
  if (source === '') return undefined;
  const outfile = join(folder, 'bare', name, 'index.mjs');
  // The SDK as it ships: leaving parts of it out is what our own bundles may do better.
  const { outExtension: _, alias: __, plugins: ___, ...options } = functionBuildOptions;
  await build({
    ...options,
    absWorkingDir: repositoryRoot,
    stdin: { contents: source, resolveDir: repositoryRoot },
    outfile,
  });
  return outfile;
}

async function compare(
  name: string,
  {
    bundle,
    bare,
    environment,
  }: { bundle: string; bare: string | undefined; environment: Record<string, string> },
): Promise<Measured[]> {
  const times: { own: number; bare: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const clients = bare === undefined ? 0 : await millisecondsToImport(bare, environment);
    times.push({ own: await millisecondsToImport(bundle, environment), bare: clients });
  }
  const own = {
    what: `Import of ${name}`,
    value: round(median(times.map((time) => time.own)), 0),
    unit: 'ms',
  };
  if (bare === undefined) return [{ ...own, what: `${own.what} (no client)` }];
  const ratio = round(median(times.map((time) => time.own / time.bare)), 2);
  return [
    own,
    { what: `Import of ${name} ÷ its bare clients`, value: ratio, unit: '×', limit: { atMost: 1.25 } },
  ];
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** In a fresh process, whose own start does not count. */
async function millisecondsToImport(file: string, environment: Record<string, string>): Promise<number> {
  const program = `const began = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - began);`;
  const env = {
    ...environment,
    TZ: 'UTC',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 'x',
  };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env });
  return Number(stdout);
}
