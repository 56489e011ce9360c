import type { FindingRule, Observation } from '../finding.ts';
import { serviceAccountsOf } from '../managedRoles.ts';

/**
 * Evidence from more than one account: several installations of Countersign, or somebody's own roles under its names, which could make
 * access look approved that nobody approved. Info: only who runs it knows which accounts are theirs.
 */
export const severalInstallations: FindingRule = {
  name: 'several-installations',
  promise: 'All evidence comes from one installation.',
  find(material) {
    const attesting = new Set(material.evidence.map(({ account }) => account));
    const accounts = [...serviceAccountsOf(material).intersection(attesting)];
    if (accounts.length < 2) return [];
    return accounts.map((account): Observation => {
      const own = material.evidence.filter((evidence) => evidence.account === account);
      const times = own.map(({ at }) => at).sort();
      return {
        severity: 'info',
        at: times[0],
        until: times.at(-1),
        subject: account,
        account,
        message: `Account ${account} is one of ${accounts.length} that attest requests: make sure that Countersign is meant to run there.`,
        eventIds: own.slice(0, 1).map(({ eventId }) => eventId),
      };
    });
  },
};
