import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { ulid } from 'ulid';
import { boundaryPolicy, emptyDenyList } from '../../domain/denyList.ts';
import { addSeconds, instantOf } from '../../domain/instant.ts';
import { CannotTell, type Check, type Finding, finding } from '../check.ts';
import type { Clients } from '../clients.ts';
import { assume } from '../session.ts';
import { mayListTables, type TestAccount, trustOfAccount } from '../testAccount.ts';
import { listTables, secondsText, type Try, tryListing, tryListingUntil } from '../tries.ts';
import { onceKnown } from '../waiting.ts';

/** What the API calls the estimated end after a revocation. */
const estimateSeconds = 60;
const patienceSeconds = 300;
/** Refused for so long without a break counts as refused everywhere. */
const quietSeconds = 15;

export const denyList: Check = {
  name: `An entry of the deny list reaches a running session within ${estimateSeconds} seconds, and no other session`,
  otherwise: 'A revoked session would live on for longer than the API estimates.',
  async run(account) {
    const boundary = await account.makePolicy('boundary', boundaryPolicy(emptyDenyList));
    const RoleArn = await account.makeRole({
      name: 'revoked',
      trust: trustOfAccount(account),
      policy: mayListTables,
      boundary,
    });
    const revoked = ulid();
    const [session, other] = [
      await workingSession(account, RoleArn, revoked),
      await workingSession(account, RoleArn, ulid()),
    ];
    const until = addSeconds(instantOf(new Date(account.now())), 3_600);
    await account.clients.iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: boundary,
        PolicyDocument: boundaryPolicy({ entries: [{ requestId: revoked, until }] }),
        SetAsDefault: true,
      }),
    );
    const written = account.now();
    const tries = await tryListingUntil(account, session, (tries) => isOver(tries, written));
    return judgeDelay({ tries, written, otherAllowed: (await tryListing(account, other)).allowed });
  },
};

async function workingSession(account: TestAccount, RoleArn: string, name: string): Promise<Clients> {
  const input = { RoleArn, RoleSessionName: name };
  return onceKnown(account, async () => {
    const clients = account.clientsAs(await assume(account.clients, input));
    await listTables(clients);
    return clients;
  });
}

function isOver(tries: readonly Try[], written: number): boolean {
  const last = tries.at(-1);
  if (!last) return false;
  const lastAllowed = tries.findLast(({ allowed }) => allowed)?.at ?? written;
  return last.at - lastAllowed > quietSeconds * 1_000 || last.at - written > patienceSeconds * 1_000;
}

export function judgeDelay(seen: { tries: readonly Try[]; written: number; otherAllowed: boolean }): Finding {
  const { tries, written, otherAllowed } = seen;
  if (tries.length === 0) throw new CannotTell('Nothing was tried.');
  const firstRefused = tries.find(({ allowed }) => !allowed);
  if (!firstRefused) return finding(false, `still allowed after ${patienceSeconds} s`);
  const lastAllowed = tries.findLast(({ allowed }) => allowed)?.at ?? written;
  const sentence = `first refused after ${secondsText(firstRefused.at - written)}, last allowed after ${secondsText(lastAllowed - written)}`;
  return finding(
    otherAllowed && lastAllowed - written <= estimateSeconds * 1_000,
    otherAllowed ? sentence : `${sentence}; another session of the role was refused too`,
  );
}
