import type { Entitlement } from '../../domain/entitlement.ts';
import { addSeconds, type Instant, instantOf, millisecondsOf } from '../../domain/instant.ts';
import { endSessionPolicy, sessionPolicy } from '../../domain/sessionPolicy.ts';
import { CannotTell, type Check, type Finding, finding } from '../check.ts';
import { deployedConfiguration } from '../configuration.ts';
import { assume } from '../session.ts';
import { mayListTables, trustOfAccount } from '../testAccount.ts';
import { listTables, secondsText, type Try, tryListingUntil } from '../tries.ts';
import { onceKnown } from '../waiting.ts';

const grantSeconds = 20;
const watchedSeconds = 5;

export const grantEnd: Check = {
  name: 'A session policy that denies everything from an instant on does so to the second',
  otherwise: 'Access would not end when the grant does, but when the session runs out.',
  async run(account) {
    const RoleArn = await account.makeRole({
      name: 'end',
      trust: trustOfAccount(account),
      policy: mayListTables,
    });
    await onceKnown(account, async () =>
      listTables(account.clientsAs(await assume(account.clients, { RoleArn }))),
    );
    const { entry } = await deployedConfiguration();
    const end = addSeconds(instantOf(new Date(account.now())), grantSeconds);
    const clients = account.clientsAs(
      await assume(account.clients, { RoleArn, Policy: policyEndingAt(end, entry.entitlement) }),
    );
    const tries = await tryListingUntil(
      account,
      clients,
      (tries) => (tries.at(-1)?.at ?? 0) > millisecondsOf(end) + watchedSeconds * 1_000,
    );
    return judgeEnd(tries, end);
  },
};

/** The text that a grant's session gets, for a right that this account has something to show for. */
function policyEndingAt(end: Instant, entitlement: Entitlement): string {
  const Statement = mayListTables.Statement.map(({ Action, Resource = [] }) => ({
    Effect: 'Allow' as const,
    Action,
    Resource,
  }));
  const input = { ...entitlement, policy: Statement, bindSourceIp: false };
  return endSessionPolicy(sessionPolicy({ entitlement: input, parameters: {} }), end);
}

/** Both clocks are known to a tenth of a second, and a policy speaks of whole ones. */
const tolerance = 1_000;

export function judgeEnd(tries: readonly Try[], end: Instant): Finding {
  const ends = millisecondsOf(end);
  const lastAllowed = tries.findLast(({ allowed }) => allowed);
  const firstRefused = tries.find(({ allowed }) => !allowed);
  if (!lastAllowed) throw new CannotTell('The session never worked.');
  if (!firstRefused)
    return finding(false, `still allowed ${secondsText(lastAllowed.at - ends)} after the end`);
  return finding(
    Math.abs(lastAllowed.at - ends) <= tolerance && Math.abs(firstRefused.at - ends) <= tolerance,
    `last allowed ${relative(lastAllowed.at - ends)} the end, first refused ${relative(firstRefused.at - ends)} it`,
  );
}

const relative = (milliseconds: number): string =>
  `${secondsText(Math.abs(milliseconds))} ${milliseconds < 0 ? 'before' : 'after'}`;
