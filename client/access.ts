import type { AccessRequestDetail } from './answers.ts';
import type { Api, Wish } from './api.ts';
import type { AwsCredentials } from './awsCredentials.ts';
import { RefusedError } from './errors.ts';
import { isOpen } from './noAccess.ts';
import { newRecipientInMemory } from './recipient.ts';
import { type OwnGrant, renewingSession } from './renewingSession.ts';
import { type Waiting, watch } from './watch.ts';

/** One request and the access that comes of it. Its private key is in memory only and goes with the process. */
export interface Access {
  /** Rejects with a `RefusedError` where the service does not take the request. */
  readonly id: Promise<string>;
  status(): Promise<AccessRequestDetail>;
  /** Waits for the approval; the grant may start later. Rejects with a `NoAccessError` where it comes to nothing. */
  approved(waiting?: Waiting): Promise<AccessRequestDetail>;
  /** Waits until the grant runs. */
  active(waiting?: Waiting): Promise<AccessRequestDetail>;
  /**
   * Waits until the grant runs; answers a session that is valid. Made to be given to a client of the AWS SDK, which asks again before a
   * session is over: sessions last an hour at most, grants longer.
   */
  credentials(): Promise<AwsCredentials>;
  /** Withdraws the request while it is undecided. */
  cancel(): Promise<void>;
  /** Gives up what is no longer needed: withdraws the request, or ends the grant early. Nothing where it is over anyway. */
  end(): Promise<void>;
}

/** Asks for access; what is wrong with that shows in the first promise that is waited for. */
export function askForAccess(api: Api, wish: Wish): Access {
  const grant = begin(api, wish);
  const session = grant.then(renewingSession);
  const id = grant.then((known) => known.id);
  // Whoever waits for one of them hears of it; nobody has to wait for all.
  for (const promise of [session, id]) promise.catch(() => undefined);

  return {
    id,
    status: async () => api.load(await id),
    approved: async (waiting) => watch({ api, id: await id, until: ['scheduled', 'active'] }, waiting),
    active: async (waiting) => watch({ api, id: await id, until: ['active'] }, waiting),
    credentials: async () => (await session).credentials(),
    cancel: async () => {
      await api.send(await id, { path: 'cancel' });
    },
    end: async () => {
      await giveUp(api, await id);
      (await session).forget();
    },
  };
}

async function begin(api: Api, wish: Wish): Promise<OwnGrant> {
  const { recipientKey, privateKey } = await newRecipientInMemory();
  const request = await api.create({ ...wish, recipientKey });
  const ahead = Date.now() - Date.parse(request.createdAt);
  // Below a minute it is the time that the answer took, or does not matter.
  return { api, id: request.id, privateKey, clockAhead: Math.abs(ahead) < 60_000 ? 0 : ahead };
}

/** A request can be approved, begin or end between the look at it and the command: then once more. */
async function giveUp(api: Api, id: string, tries = 3): Promise<void> {
  const request = await api.load(id);
  if (!isOpen(request)) return;
  try {
    await api.send(id, { path: request.status === 'pending' ? 'cancel' : 'return' });
  } catch (error) {
    if (tries <= 1 || !(error instanceof RefusedError) || error.status !== 409) throw error;
    await giveUp(api, id, tries - 1);
  }
}
