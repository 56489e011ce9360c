import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type * as z from 'zod';
import { CannotTell } from './check.ts';
import type { SessionCredentials } from './clients.ts';

/** Runs `aws <words>` and answers its JSON as the schema reads it. Rejects with what the CLI says. */
export type AwsCli = <Schema extends z.ZodType>(words: string[], schema: Schema) => Promise<z.infer<Schema>>;

/** The AWS CLI under the same credentials as the SDK clients: both would look for some in places of their own. */
export const awsCli =
  (region: string, credentials: () => Promise<Partial<SessionCredentials>>): AwsCli =>
  async (words, schema) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const env = {
      ...process.env,
      AWS_PROFILE: undefined,
      AWS_PAGER: '',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    try {
      const { stdout } = await promisify(execFile)(
        'aws',
        [...words, '--region', region, '--output', 'json'],
        {
          env,
          maxBuffer: 16 * 1024 * 1024,
        },
      );
      return schema.parse(stdout.trim() === '' ? undefined : JSON.parse(stdout));
    } catch (error) {
      throw complaintOf(words, error);
    }
  };

/** Of the command only its two first words: what follows can be a policy, and the CLI's own sentence says enough. */
function complaintOf(words: string[], error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error && error.code === 'ENOENT') return new CannotTell('The AWS CLI is not installed.');
  if (!('stderr' in error)) return error;
  const said = String(error.stderr).trim().split('\n').at(-1);
  return new Error(`aws ${words.slice(0, 2).join(' ')}: ${said}`);
}
