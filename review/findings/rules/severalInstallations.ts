import { managedRole } from '#domain/outOfBand.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { openedSessions, serviceAccountsOf } from '../managedRoles.ts';

/**
 * Evidence from more than one account: several installations of Countersign, or somebody's own roles under its names, which could make
 * access look approved that nobody approved. Info: only who runs it knows which accounts are theirs. High where two reach into one
 * account: roles there trust one service account, so one of the two is not right, more likely the one with less evidence.
 */
export const severalInstallations: FindingRule = {
  name: 'several-installations',
  promise: 'All evidence comes from one installation.',
  find(material) {
    const evidenceBy = Map.groupBy(material.evidence, ({ account }) => account);
    const attesting = [...serviceAccountsOf(material)].filter((account) => evidenceBy.has(account));
    if (attesting.length < 2) return [];
    const amount = (account: string): number => evidenceBy.get(account)?.length ?? 0;
    const reached = reachedBy(material);
    return attesting.map((account): Observation => {
      const own = evidenceBy.get(account) ?? [];
      const times = own.map(({ at }) => at).sort();
      const rival = attesting.find(
        (other) =>
          other !== account &&
          amount(other) >= amount(account) &&
          !(reached.get(account) ?? none).isDisjointFrom(reached.get(other) ?? none),
      );
      return {
        severity: rival === undefined ? 'info' : 'high',
        at: times[0],
        until: times.at(-1),
        subject: account,
        account,
        message:
          rival === undefined
            ? `Account ${account} is one of ${attesting.length} that attest requests: make sure that Countersign is meant to run there.`
            : `Account ${account} attests requests and reaches into the same account as the installation in ${rival}: roles trust one of them, so find out who let the other in.`,
        eventIds: own.slice(0, 1).map(({ eventId }) => eventId),
      };
    });
  },
};

const none: ReadonlySet<string> = new Set();

/** Accounts that each installation's grants reached into. */
function reachedBy(material: Material): Map<string, Set<string>> {
  const reached = new Map<string, Set<string>>();
  for (const { grant, session } of openedSessions(material)) {
    const installation = grant.chain.links[0]?.evidence.account;
    const target = managedRole(session.roleArn)?.account;
    if (installation === undefined || target === undefined) continue;
    const accounts = reached.get(installation);
    if (accounts) accounts.add(target);
    else reached.set(installation, new Set([target]));
  }
  return reached;
}
