import { join } from 'node:path';
import type { SealedSession } from '#client/answers.ts';
import { jsonOf } from '#client/json.ts';
import { folders } from '../folders.ts';
import { readPrivate, removePrivate, writePrivate } from '../privateFile.ts';

/** A session as the service gave it: sealed, so that the file alone opens nothing. */
export type CachedSession = SealedSession & {
  /** When the service was last asked for a newer one, by this machine's clock. */
  askedAt: string;
};

/** Undefined where there is none, or none that can be used: it is fetched again. */
export async function cachedSession(requestId: string): Promise<CachedSession | undefined> {
  try {
    return parse((await readPrivate(fileOf(requestId))) ?? '');
  } catch {
    return undefined;
  }
}

/** Keeps a session. Where nothing can be written, the next command asks the service again. */
export async function cacheSession(requestId: string, session: CachedSession): Promise<void> {
  await writePrivate(fileOf(requestId), `${JSON.stringify(session)}\n`).catch(() => undefined);
}

export async function dropSession(requestId: string): Promise<void> {
  await removePrivate(fileOf(requestId)).catch(() => undefined);
}

const fileOf = (requestId: string): string => join(folders().cache, 'sessions', `${requestId}.json`);

/** By hand: a library would be most of the time that credentials from here take. */
function parse(text: string): CachedSession | undefined {
  const value = jsonOf(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { jwe, sessionExpiresAt, grantEndsAt, sequence, askedAt } = value as Partial<CachedSession>;
  const times = [sessionExpiresAt, grantEndsAt, askedAt];
  const whole =
    typeof jwe === 'string' &&
    typeof sequence === 'number' &&
    times.every((time) => !Number.isNaN(Date.parse(`${time}`)));
  return whole ? (value as CachedSession) : undefined;
}
