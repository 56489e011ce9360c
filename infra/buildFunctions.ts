import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Catalogue, packCatalogue } from '../domain/catalogue.ts';
import { openApiDocument } from '../lambdas/api/openApi.ts';
import { bundleFunctions, bundleWeb } from './bundle.ts';
import type { Settings } from './configuration/settings.ts';
import { type FunctionName, functionNames } from './functions.ts';

/** They read no catalogue: another one is no reason to deploy them again. */
const withoutCatalogue = new Set<FunctionName>(['authorizer', 'web', 'reconcileTrail']);

/**
 * Builds what is deployed, each function in a folder of its own below `outdir`: its bundle, the catalogue, the pages. The
 * same sources make the same files, so nothing is deployed that has not changed. Answers the folders.
 */
export async function buildFunctions(
  outdir: string,
  { settings, catalogue }: { settings: Settings; catalogue: Catalogue },
): Promise<Record<FunctionName, string>> {
  const { fileOf } = await bundleFunctions({ outdir });
  const folders = functionNames.map((name) => [name, dirname(fileOf(name))] as const);
  const packed = packCatalogue(catalogue);
  const readers = folders.filter(([name]) => !withoutCatalogue.has(name));
  await Promise.all([
    ...readers.map(([, folder]) => writeFile(join(folder, 'catalogue.json'), packed)),
    buildPages(join(outdir, 'web', 'web'), settings),
  ]);
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}

async function buildPages(webRoot: string, { api }: Settings): Promise<void> {
  // Where the API answers is known only once it is deployed, unless it has a domain: relative to /v1/openapi.json, then.
  const server = api.domain ? `https://${api.domain.name}` : '..';
  await mkdir(webRoot, { recursive: true });
  await bundleWeb({ outdir: webRoot, files: { 'openapi.json': JSON.stringify(openApiDocument(server)) } });
}
