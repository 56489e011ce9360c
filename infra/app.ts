import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildFunctions } from './buildFunctions.ts';
import { ConfigurationError } from './configuration/configurationError.ts';
import { faultSentence } from './configuration/fault.ts';
import { type Configuration, readConfiguration } from './configuration/readConfiguration.ts';
import { countersignApp } from './countersignApp.ts';

/** What `cdk` runs. `-c config=FILE` and `-c catalogue=FILE` name other files than the repository's own. */
async function main(): Promise<void> {
  const { node } = new App({ autoSynth: false });
  const configuration = await readConfiguration({
    settings: node.tryGetContext('config') ?? 'countersign.config.yaml',
    catalogue: node.tryGetContext('catalogue') ?? 'catalogue.yaml',
  });
  for (const finding of configuration.findings) process.stderr.write(`${faultSentence(finding)}\n`);
  await inBuildFolder((folder) => synthesize(folder, configuration));
}

async function synthesize(folder: string, { settings, catalogue }: Configuration): Promise<void> {
  const code = await buildFunctions(folder, { settings, catalogue });
  const app = countersignApp({ settings, catalogue, code });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

/** Always as deep below the sources, because source maps name these relative to it; removed when the CDK has its copies. */
async function inBuildFolder(build: (folder: string) => Promise<void>): Promise<void> {
  const dist = fileURLToPath(new URL('../dist/', import.meta.url));
  await mkdir(dist, { recursive: true });
  const folder = await mkdtemp(join(dist, 'functions-'));
  try {
    await build(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
