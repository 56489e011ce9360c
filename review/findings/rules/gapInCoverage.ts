import { accountsIn, type Gap } from '../coverage.ts';
import { gapsOfDigests } from '../digestGaps.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { gapsOfAll, gapsOfLogs } from '../logGaps.ts';
import { entriesIn, type OpenedSession, openedSessions, serviceAccountsOf } from '../managedRoles.ts';
import { counted, someOf } from '../words.ts';

/**
 * Parts of the period that the logs do not show: hours without a digest, a region of which only other accounts have digests, an account
 * whose logs end before the period does, or that grants reach into without its own logs, sessions of target roles without any evidence
 * of Countersign. Medium: what happened there is not in this review. Limit: without digests an hour without a record is no gap, since
 * nothing may have happened; only a day and more at either end of the period is, in which an account of Countersign falls silent, and
 * between days on which it is not, more than four days and three times as long as any other silence.
 */
export const gapInCoverage: FindingRule = {
  name: 'gap-in-coverage',
  promise: 'The logs show the whole period, and every account that grants reach into.',
  find: (material) => [
    ...hoursLeftOut(material),
    ...daysLeftOut(material),
    ...accountsWithoutLogs(material),
    ...noEvidence(material),
  ],
};

const hoursLeftOut = (material: Material): Observation[] =>
  gapsOfDigests(material, accountsOfGrants(material)).map((gap) => ({
    ...about(gap),
    message: `No digest covers ${gap.from} to ${gap.to} in ${gap.place}: fetch logs and digests of that time, or find out why there are none.`,
  }));

function daysLeftOut(material: Material): Observation[] {
  const withDigests = new Set(material.integrity.chains.map(({ account }) => account));
  const accounts = accountsOfGrants(material);
  const gaps =
    accounts.length === 0 && withDigests.size === 0
      ? gapsOfAll(material)
      : gapsOfLogs(
          material,
          accounts.filter((account) => !withDigests.has(account)),
        );
  return gaps.map((gap) => ({
    ...about(gap),
    message: `There is no record of ${gap.place} from ${gap.from} to ${gap.to}: fetch the logs of that time, or find out why there are none.`,
  }));
}

const about = ({ place, from, to }: Gap): Omit<Observation, 'message'> => ({
  severity: 'medium',
  at: from,
  until: to,
  subject: place,
  account: /^\d{12}/.exec(place)?.[0],
  eventIds: [],
});

/** Accounts that Countersign runs in, and those that it reached into. */
const accountsOfGrants = (material: Material): string[] => [
  ...new Set([...serviceAccountsOf(material), ...reachedAccounts(material).keys()]),
];

const reachedAccounts = (material: Material): Map<string, OpenedSession[]> =>
  Map.groupBy(openedSessions(material), ({ session }) => session.roleArn.split(':')[4] ?? '');

function accountsWithoutLogs(material: Material): Observation[] {
  const present = accountsIn(material.trail);
  return [...reachedAccounts(material)]
    .filter(([account]) => !present.has(account))
    .map(([account, sessions]) => {
      const times = sessions.map(({ session }) => session.issuedAt).sort();
      return {
        severity: 'medium',
        at: times[0],
        until: times.at(-1),
        subject: account,
        account,
        message: `${counted(sessions.length, 'session')} reached into account ${account}, whose logs are not among the files: what was done there is not in this review, so fetch them.`,
        eventIds: someOf(sessions.map(({ session }) => session.issuance.event.id)),
      };
    });
}

/** Target roles were entered, and of Countersign there is no trace: most likely the logs of its own account were not fetched. */
function noEvidence(material: Material): Observation[] {
  if (serviceAccountsOf(material).size > 0) return [];
  const entered = entriesIn(material);
  if (entered.length === 0) return [];
  const times = entered.map(({ issuance }) => issuance.event.at).sort();
  return [
    {
      severity: 'medium',
      at: times[0],
      until: times.at(-1),
      subject: 'evidence',
      message:
        'Roles of Countersign were entered, and none of its evidence is among the logs: fetch the logs of the account that it runs in.',
      eventIds: someOf(entered.map(({ issuance }) => issuance.event.id)),
    },
  ];
}
