import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtFolder } from '../../local/builtFolder.ts';
import { sampleCatalogue, sampleSettings } from './sample.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that `cdk synth` reads. */
const sources = [
  'cdk.json',
  'client',
  'domain',
  'infra',
  'lambdas',
  'package-lock.json',
  'test/sample',
  'web',
];

/**
 * Folder of the cloud assembly that `cdk synth` makes of the sample: by the CLI, with no
 * credentials, no configuration and no home. Once for the sources as they are now.
 */
export const synthesizedApp = (): Promise<string> =>
  builtFolder({
    name: 'assemblies',
    sources,
    async into(output) {
      const home = await mkdtemp(join(tmpdir(), 'countersign-home-'));
      const cdk = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
      const sample = ['-c', `config=${sampleSettings}`, '-c', `catalogue=${sampleCatalogue}`];
      const words = [cdk, 'synth', '--quiet', '--no-notices', '--output', output, ...sample];
      const env = { PATH: dirname(process.execPath), HOME: home, CI: 'true' };
      try {
        await promisify(execFile)(process.execPath, words, { cwd: repositoryRoot, env });
      } finally {
        await rm(home, { recursive: true });
      }
    },
  });
