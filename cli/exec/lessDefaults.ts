import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsConfigFile, awsCredentialsFile } from '../awsConfig/awsFiles.ts';
import { withoutDefaultAccess } from '../awsConfig/withoutDefaultAccess.ts';

/** Variables that lead AWS tools past the credentials of the default profile, and what they need on disk. */
interface LessDefaults {
  variables: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * Credentials of the default profile win over those of an endpoint: a command would run with somebody's standing keys and nobody would see.
 * Where there are some, the command gets the same settings without them, in files of its own that hold no key.
 */
export async function lessDefaults(environment: NodeJS.ProcessEnv): Promise<LessDefaults> {
  const [config, credentials] = await Promise.all([
    textOf(awsConfigFile(environment)),
    textOf(awsCredentialsFile(environment)),
  ]);
  const cleaned = withoutDefaultAccess(config);
  const givesKeys = withoutDefaultAccess(credentials) !== credentials;
  if (cleaned === config && !givesKeys) return { variables: {}, remove: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'countersign-exec-'));
  const files = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  };
  await writeFile(files.AWS_CONFIG_FILE, cleaned, { encoding: 'latin1', mode: 0o600 });
  await writeFile(files.AWS_SHARED_CREDENTIALS_FILE, '', { mode: 0o600 });
  return { variables: files, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Byte for byte, whatever it is written in. Of what cannot be read the tools that follow complain. */
const textOf = (file: string): Promise<string> => readFile(file, 'latin1').catch(() => '');
