import { homedir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../commandError.ts';

type Environment = NodeJS.ProcessEnv;

/** Where AWS's tools look: https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html */
export const awsConfigFile = (environment: Environment = process.env): string =>
  namedBy('AWS_CONFIG_FILE', environment) ?? join(homedir(), '.aws', 'config');

export const awsCredentialsFile = (environment: Environment = process.env): string =>
  namedBy('AWS_SHARED_CREDENTIALS_FILE', environment) ?? join(homedir(), '.aws', 'credentials');

/**
 * The path in a variable, with what the AWS CLI makes of `~`, `$NAME` and `${NAME}` in it: what no shell has replaced reaches us too. Throws
 * a `CommandError` for the folder of another user.
 */
function namedBy(variable: string, environment: Environment): string | undefined {
  const text = environment[variable];
  if (!text) return undefined;
  const path = text.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (all, name, inBraces) => {
    return environment[name ?? inBraces] ?? all;
  });
  if (!path.startsWith('~')) return path;
  if (path === '~' || /^~[/\\]/.test(path)) return join(homedir(), path.slice(1));
  throw new CommandError(`${variable} begins with the name of another user’s folder. Write the whole path.`);
}
