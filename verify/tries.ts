import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { Clients } from './clients.ts';
import type { TestAccount } from './testAccount.ts';
import { isDenied } from './waiting.ts';

/** One try of a call that a policy lets through or not. */
export interface Try {
  /** Milliseconds by AWS's clock. */
  at: number;
  allowed: boolean;
}

/** The call that `mayListTables` allows. */
export const listTables = ({ dynamodb }: Clients) => dynamodb.send(new ListTablesCommand({ Limit: 1 }));

/** Tries it once. Any error but a refusal is thrown. */
export async function tryListing(account: Pick<TestAccount, 'now'>, clients: Clients): Promise<Try> {
  const sent = account.now();
  const allowed = await listTables(clients).then(
    () => true,
    (error: unknown) => {
      if (isDenied(error)) return false;
      throw error;
    },
  );
  return { at: (sent + account.now()) / 2, allowed };
}

/** Tries it every fifth of a second until that is enough. */
export async function tryListingUntil(
  account: TestAccount,
  clients: Clients,
  enough: (tries: readonly Try[]) => boolean,
): Promise<Try[]> {
  const tries: Try[] = [];
  while (!enough(tries)) {
    tries.push(await tryListing(account, clients));
    await account.pause(200);
  }
  return tries;
}

/** `1.3 s` */
export const secondsText = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
