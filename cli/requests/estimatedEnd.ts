import { setTimeout as pause } from 'node:timers/promises';
import type { AccessRequest } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { briefly } from './briefly.ts';

/** The sessions are denied a moment after the grant has ended: so often the service is asked, with so many milliseconds before each time. */
const [tries, moment] = [5, 400];

/**
 * A grant that was ended early, with the time by which its sessions are likely to be of no use, once the service says that. Where it says
 * none, or cannot be asked, as it is: it has ended all the same.
 */
export async function withEstimatedEnd(api: Api, ended: AccessRequest): Promise<AccessRequest> {
  const { id, startsAt, closedAt } = ended;
  if (startsAt === undefined || closedAt === undefined || closedAt < startsAt) return ended;
  for (let left = tries; left > 0; left -= 1) {
    await pause(moment);
    const seen = await api.load(id, { signal: briefly() }).catch(() => undefined);
    if (!seen) return ended;
    const { accessEndEstimatedAt } = seen;
    if (accessEndEstimatedAt !== undefined) return { ...ended, accessEndEstimatedAt };
  }
  return ended;
}
