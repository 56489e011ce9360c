import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { visibleLine } from '#domain/visibleText.ts';
import { awsConfigFile, awsCredentialsFile } from '../awsConfig/awsFiles.ts';
import { withoutDefaultAccess } from '../awsConfig/withoutDefaultAccess.ts';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';

/** Variables that lead AWS tools past the credentials of the default profile, and what they need on disk. */
interface LessDefaults {
  variables: Record<string, string>;
  remove(): Promise<void>;
}

/** A file of an older library, where the AWS CLI still looks for keys before it asks an endpoint. */
const noBoto = { BOTO_CONFIG: devNull };

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
  if (cleaned === undefined && withoutDefaultAccess(credentials) === undefined)
    return { variables: { ...noBoto, ...wholePaths(environment) }, remove: () => Promise.resolve() };
  const folder = await newFolder();
  const files = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  };
  await writeFile(files.AWS_CONFIG_FILE, cleaned ?? config, { encoding: 'latin1', mode: 0o600 });
  await writeFile(files.AWS_SHARED_CREDENTIALS_FILE, '', { mode: 0o600 });
  return { variables: { ...noBoto, ...files }, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Not every tool reads `~` there: it shall not find another file than the one that was looked at. */
const wholePaths = (environment: NodeJS.ProcessEnv): Record<string, string> => ({
  ...(environment.AWS_CONFIG_FILE && { AWS_CONFIG_FILE: awsConfigFile(environment) }),
  ...(environment.AWS_SHARED_CREDENTIALS_FILE && {
    AWS_SHARED_CREDENTIALS_FILE: awsCredentialsFile(environment),
  }),
});

async function newFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'countersign-exec-'));
  } catch (error) {
    throw new CommandError(
      `Nothing can be written to ${visibleLine(tmpdir())} (${errorCode(error)}), and AWS’s settings without your standing keys have to stand somewhere. Name another folder with TMPDIR.`,
    );
  }
}

/** Byte for byte, whatever it is written in. Of what cannot be read the tools that follow complain. */
const textOf = (file: string): Promise<string> => readFile(file, 'latin1').catch(() => '');
