import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtFolder } from '../../local/builtFolder.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that `cdk synth` reads. */
const sources = [
  'catalogue.yaml',
  'cdk.json',
  'client',
  'countersign.config.yaml',
  'domain',
  'infra',
  'lambdas',
  'package-lock.json',
  'web',
];

/**
 * Folder of the cloud assembly that `cdk synth` makes of the repository's own settings and catalogue: by the CLI, with no
 * credentials, no configuration and no home. Once for the sources as they are now.
 */
export const synthesizedApp = (): Promise<string> =>
  builtFolder({
    name: 'assemblies',
    sources,
    async into(output) {
      const home = await mkdtemp(join(tmpdir(), 'countersign-home-'));
      const cdk = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
      const words = [cdk, 'synth', '--quiet', '--no-notices', '--output', output];
      const env = { PATH: dirname(process.execPath), HOME: home, CI: 'true' };
      try {
        await promisify(execFile)(process.execPath, words, { cwd: repositoryRoot, env });
      } finally {
        await rm(home, { recursive: true });
      }
    },
  });
