import type { AccessRequestDetail } from './answers.ts';
import type { Api } from './api.ts';
import type { AwsCredentials } from './awsCredentials.ts';
import { NoAccessError, RefusedError } from './errors.ts';
import { noAccess } from './noAccess.ts';
import { pause } from './pause.ts';
import type { Credentials } from './recipient.ts';
import { unsealed } from './unsealed.ts';
import { watch } from './watch.ts';

/** The grant of one request, as its requester sees it. */
export interface OwnGrant {
  api: Api;
  id: string;
  privateKey: CryptoKey;
  /** Milliseconds that this machine's clock is ahead of the service's. */
  clockAhead: number;
}

/** A session that was handed out. */
interface Held {
  credentials: AwsCredentials;
  sequence: number;
  /** No other session follows: it ends with the grant. */
  last: boolean;
  askedAt: number;
}

/** All in milliseconds. AWS's SDKs ask again five minutes before the end, and at each call from then on. */
const renewBefore = 5 * 60_000;
const askAgainAfter = 5_000;
/** How long a session may take to be issued while the grant runs. */
const issuing = 2 * 60_000;

/**
 * Answers the grant's credentials of the moment: waits for the approval first, takes the next session as soon as there is one, and never
 * answers one that is over. Rejects with a `NoAccessError` where there is no grant, or no longer.
 */
export function renewingSession(grant: OwnGrant): { credentials(): Promise<AwsCredentials>; forget(): void } {
  let held: Held | undefined;
  let renewing: Promise<Held> | undefined;
  let account: string | undefined;

  const renew = async (): Promise<Held> => {
    account ??= (await whenActive(grant)).account.id;
    try {
      held = await nextSession(grant, account, held);
    } catch (error) {
      // Whatever else is wrong, what is held still works.
      if (!held || !isValid(held) || error instanceof NoAccessError) throw error;
      held = { ...held, askedAt: Date.now() };
    }
    return held;
  };

  return {
    async credentials() {
      if (held && mayBeKept(held)) return held.credentials;
      // All who ask meanwhile get the same one.
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return (await renewing).credentials;
    },
    forget() {
      held = undefined;
    },
  };
}

const whenActive = (grant: OwnGrant): Promise<AccessRequestDetail> => watch({ ...grant, until: ['active'] });

const isValid = ({ credentials }: Held): boolean => Date.now() < credentials.expiration.getTime();

function mayBeKept(held: Held): boolean {
  const left = held.credentials.expiration.getTime() - Date.now();
  const justAsked = Math.abs(Date.now() - held.askedAt) < askAgainAfter;
  return left > (held.last || justAsked ? 0 : renewBefore);
}

async function nextSession(grant: OwnGrant, account: string, held: Held | undefined): Promise<Held> {
  const { api, id, privateKey, clockAhead } = grant;
  const began = performance.now();
  for (let wait = 1_000; ; wait *= 1.5) {
    try {
      const sealed = await api.sealedSession(id);
      const askedAt = Date.now();
      if (sealed.sequence === held?.sequence) return { ...held, askedAt };
      const opened = await unsealed(sealed, privateKey);
      const expiration = new Date(Date.parse(opened.Expiration) + clockAhead);
      const last = sealed.sessionExpiresAt === sealed.grantEndsAt;
      const credentials = { ...namedForSdk(opened), expiration, accountId: account };
      return { credentials, sequence: sealed.sequence, last, askedAt };
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (error.code === 'grant_over') throw noAccess(await api.load(id));
      // Between two sessions there can be a moment without one.
      if (error.code !== 'not_active' || performance.now() - began > issuing) throw error;
    }
    await whenActive(grant);
    await pause(wait);
  }
}

const namedForSdk = ({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});
