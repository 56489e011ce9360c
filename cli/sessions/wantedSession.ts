import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { chosenRequest } from '../requests/chosenRequest.ts';
import { requestsOf } from '../requests/liveRequests.ts';
import { requestServiceOptions } from '../service.ts';
import { credentialsOf, type Session, type SessionOptions } from './credentialsOf.ts';
import { OverError } from './overError.ts';

/** What the commands that use access take. */
export const sessionWord = {
  name: 'REQUEST',
  says: 'id of a request, or an entitlement: then the newest grant of it that is live (the only live one)',
  optional: true,
  values: 'requests',
} as const;

/** Options of every command that uses access. */
export const sessionOptions = {
  wait: { type: 'boolean', says: 'wait for the approval' },
  ...requestServiceOptions,
} as const;

/**
 * Credentials of the request that is meant by a word: its id, or an entitlement, which stands for the newest live grant of it. Throws as
 * `chosenRequest` and `credentialsOf` do.
 */
export async function wantedSession(
  word: string | undefined,
  options: SessionOptions = {},
): Promise<Session> {
  const tried = new Set<string>();
  let over: OverError | undefined;
  for (;;) {
    try {
      const id = await requestFor(word, options);
      if (over && tried.has(id)) throw over;
      tried.add(id);
      return await credentialsOf(id, options);
    } catch (error) {
      // That one is over. An older grant may still run; where none does, what became of the newest says most.
      if (!(error instanceof OverError) || error === over) throw over ?? error;
      over ??= error;
    }
  }
}

/** What is over by this machine's clock is asked about all the same, where nothing else fits: the service knows better, and since when. */
async function requestFor(word: string | undefined, options: SessionOptions): Promise<string> {
  try {
    return await chosenRequest(word, 'active', options);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== exitCodes.noAccess) throw error;
    const remembered = await requestsOf(options.url);
    const past = remembered.find(({ entitlement }) => word === undefined || entitlement === word);
    if (!past) throw error;
    return past.id;
  }
}
