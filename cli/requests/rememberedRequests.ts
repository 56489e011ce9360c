import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonOf } from '#client/json.ts';
import { CommandError } from '../commandError.ts';
import { folders } from '../folders.ts';
import { readPrivate, removePrivate, writePrivate } from '../privateFile.ts';
import { dropSession } from '../sessions/cachedSessions.ts';
import { requestId } from './requestId.ts';
import { eraseKey } from './requestKey.ts';

/** What this machine knows of a request that it made; the service knows the rest, and better. */
export interface RememberedRequest {
  id: string;
  /** Of the service that it was made at. */
  url: string;
  entitlement: string;
  title: string;
  account: { id: string; title: string };
  createdAt: string;
  /** The grant, as far as a command has seen it. */
  startsAt?: string;
  endsAt?: string;
  /** It is over by then, whatever has become of it. */
  overBy?: string;
}

/** Remembers a request, or what is new about it. */
export const rememberRequest = (request: RememberedRequest): Promise<void> =>
  writePrivate(requestFile(request.id), `${JSON.stringify(request, null, 2)}\n`);

/** Undefined for a request of another machine, for a forgotten one, and where its file is damaged. */
export async function rememberedRequest(id: string): Promise<RememberedRequest | undefined> {
  const text = requestId(id) === id ? await readPrivate(requestFile(id)) : undefined;
  const remembered = text === undefined ? undefined : parse(text);
  return remembered?.id === id ? remembered : undefined;
}

/** Every request that this machine remembers, newest first. One that cannot be read hides no other; `doctor` tells of it. */
export async function rememberedRequests(): Promise<RememberedRequest[]> {
  const found = await Promise.all(
    (await filedIds()).map((id) => rememberedRequest(id).catch(unlessUnreadable)),
  );
  return found.filter((request) => request !== undefined);
}

/** How many files of requests hold nothing that can be read. */
export const unreadableRequests = async (): Promise<number> =>
  (await filedIds()).length - (await rememberedRequests()).length;

async function filedIds(): Promise<string[]> {
  const names = await readdir(folder()).catch(noFolder);
  const ids = names.flatMap((name) => (name.endsWith('.json') ? name.slice(0, -'.json'.length) : []));
  // Ids sort by time.
  return ids.sort().reverse();
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

/**
 * Erases the private key, the session it opens, and then the memory: what fails on the way is found again by it. Credentials of this request
 * cannot be had on this machine any more.
 */
export async function forgetRequest(id: string): Promise<void> {
  await eraseKey(id);
  await dropSession(id);
  await removePrivate(requestFile(id));
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw new CommandError(
    `${folder()} cannot be read (${error.code}). Make it readable for you: chmod 700 '${folder()}'`,
  );
}

const folder = (): string => join(folders().state, 'requests');

/** Where a request is remembered. */
export const requestFile = (id: string): string => join(folder(), `${id}.json`);

/** By hand: credentials from the cache come through here, and a library would be most of the time that they take. */
function parse(text: string): RememberedRequest | undefined {
  const value = jsonOf(text);
  if (!isObject(value) || !isObject(value.account)) return undefined;
  const { id, url, entitlement, title, createdAt, account, startsAt, endsAt, overBy } = value;
  const needed = [id, url, entitlement, title, createdAt, account.id, account.title];
  const known = [startsAt, endsAt, overBy].filter((text) => text !== undefined);
  const whole = [...needed, ...known].every((text) => typeof text === 'string');
  return whole ? (value as unknown as RememberedRequest) : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
