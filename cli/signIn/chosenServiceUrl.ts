import { join } from 'node:path';
import * as z from 'zod';
import { jsonOf } from '#client/json.ts';
import { CommandError } from '../commandError.ts';
import { folders } from '../folders.ts';
import { readPrivate, writePrivate } from '../privateFile.ts';
import { serviceAddress } from '../serviceAddress.ts';

/**
 * The address of the service that a command talks to: by its option, by COUNTERSIGN_URL, or that of the last login. Throws a
 * `CommandError` where none is known, and for one that tokens must not be sent to.
 */
export async function chosenServiceUrl(option: string | undefined): Promise<string> {
  const url = await usualServiceUrl(option ?? (process.env.COUNTERSIGN_URL || undefined));
  if (url !== undefined) return url;
  throw new CommandError(
    'No service is known here yet. Sign in to yours, and it is remembered: countersign login https://access.example.com',
  );
}

/** The address of a service as it was named; where none was, that of the last login. Throws as `chosenServiceUrl` does for a bad one. */
export async function usualServiceUrl(named: string | undefined): Promise<string | undefined> {
  const known = named ?? (await rememberedUrl());
  if (known === undefined) return undefined;
  return serviceAddress(known);
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
