import { join } from 'node:path';
import * as z from 'zod';
import { jsonOf } from '#client/json.ts';
import { serviceUrl } from '#client/serviceUrl.ts';
import { CommandError } from '../commandError.ts';
import { folders } from '../folders.ts';
import { readPrivate, writePrivate } from '../privateFile.ts';

/**
 * The address of the service that a command talks to: by its option, by COUNTERSIGN_URL, or that of the last login. Throws a
 * `CommandError` where none is known, and for one that tokens must not be sent to.
 */
export async function chosenServiceUrl(option: string | undefined): Promise<string> {
  const known = option ?? (process.env.COUNTERSIGN_URL || (await rememberedUrl()));
  if (known === undefined)
    throw new CommandError(
      'No service is known here yet. Sign in to yours, and it is remembered: countersign login https://access.example.com',
    );
  try {
    return serviceUrl(known.includes('://') ? known : `https://${known}`).href;
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(error.message) : error;
  }
}

const configFile = (): string => join(folders().config, 'config.json');
const configSchema = z.object({ url: z.string() });

async function rememberedUrl(): Promise<string | undefined> {
  const text = await readPrivate(configFile());
  if (text === undefined) return undefined;
  const config = configSchema.safeParse(jsonOf(text));
  if (!config.success)
    throw new CommandError(
      `${configFile()} cannot be understood. Sign in again, and it is written anew: countersign login URL`,
    );
  return config.data.url;
}

/** From now on commands talk to this service unless they are told another one. */
export const rememberUrl = (url: string): Promise<void> =>
  writePrivate(configFile(), `${JSON.stringify({ url }, null, 2)}\n`);
