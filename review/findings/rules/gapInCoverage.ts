import type { GrantSession } from '../../grants/grant.ts';
import type { Span } from '../../integrity/span.ts';
import { accountsIn, type Gap, wholeOf } from '../coverage.ts';
import { gapsOfDigests } from '../digestGaps.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { gapsOfAll, gapsOfLogs } from '../logGaps.ts';
import {
  aliveUntil,
  type Entry,
  entriesIn,
  type OpenedSession,
  openedSessions,
  serviceAccountsOf,
} from '../managedRoles.ts';
import { reachesInto } from '../reachesInto.ts';
import { tracesWithoutLogs } from '../regionGaps.ts';
import { sessionsMadeElsewhere } from '../sessionsMadeElsewhere.ts';
import { unjudgedIn } from '../unjudgedEntries.ts';
import { counted, someOf } from '../words.ts';

/**
 * Parts of the period that the logs do not show: hours without a digest, a region of which only other accounts have digests, an account
 * whose logs end before the period does, or that grants reach into without its own logs, a region of an account that only logs of
 * other places tell of, or the regions in which the calls have to stand that made sessions, sessions of target roles without any evidence of Countersign. Medium: what happened there is not in this review.
 * Limit: without digests an hour without a record is no gap, since nothing may have happened; only a day and more at either end of the
 * period is, in which an account of Countersign falls silent, and between days on which it is not, more than four days and three times as
 * long as any other silence.
 */
export const gapInCoverage: FindingRule = {
  name: 'gap-in-coverage',
  promise: 'The logs show the whole period, and every account that grants reach into.',
  find(material) {
    const times = [...hoursLeftOut(material), ...daysLeftOut(material)];
    const told = new Set(times.map(({ subject }) => subject));
    return [
      ...times,
      ...accountsWithoutLogs(material),
      ...regionsWithoutLogs(material).filter(({ subject }) => !told.has(subject)),
      ...originsElsewhere(material),
      ...noEvidence(material),
    ];
  },
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
  return [...reachedAccounts(material)].flatMap(([account, opened]) => {
    const spans = present.has(account)
      ? []
      : spansIn(
          material,
          opened.map(({ session }) => session),
        );
    return observe(spans, {
      subject: account,
      account,
      message: `${counted(spans.length, 'session')} reached into account ${account}, whose logs are not among the files: what was done there is not in this review, so fetch them.`,
    });
  });
}

function regionsWithoutLogs(material: Material): Observation[] {
  return tracesWithoutLogs(material, accountsOfGrants(material)).flatMap((traces) => {
    const [trace] = traces;
    if (!trace) return [];
    const { account, region } = trace.place;
    const whole = wholeOf(traces.map(({ at, until }) => ({ from: at, to: until })));
    return {
      severity: 'medium',
      at: whole?.from,
      until: whole?.to,
      subject: `${account} ${region}`,
      account,
      message: `No log of ${account} ${region} is among the files, and others tell of work there (${trace.of}): what was done there is not in this review, and sessions that were made there have no origin in it, so fetch logs and digests of all regions.`,
      eventIds: someOf(traces.map(({ eventId }) => eventId)),
    };
  });
}

const originsElsewhere = (material: Material): Observation[] =>
  sessionsMadeElsewhere(material).map(({ account, regions, sessions }) => {
    const whole = wholeOf(sessions.map(({ first, last }) => ({ from: first, to: last })));
    return {
      severity: 'medium',
      at: whole?.from,
      until: whole?.to,
      subject: account,
      account,
      message: `No call in the logs made ${counted(sessions.length, 'session')} of roles in account ${account}, and digests prove that no log file of it is missing in ${regions.join(', ')}: fetch its logs and digests of the other regions.`,
      eventIds: someOf(sessions.flatMap(({ each }) => each.slice(0, 1).map(({ id }) => id))),
    };
  });

/** Target roles were entered, and of Countersign there is no trace: most likely the logs of its own account were not fetched. */
function noEvidence(material: Material): Observation[] {
  if (serviceAccountsOf(material).size > 0) return [];
  const { account } = unjudgedIn(material) ?? {};
  const whose =
    account === undefined ? 'the account that it runs in' : `account ${account}, if it runs there`;
  return observe(spansIn(material, entriesIn(material)), {
    subject: 'evidence',
    message: `Roles of Countersign were entered, and none of its evidence is among the logs: fetch the logs of ${whose}.`,
  });
}

interface SessionSpan extends Span {
  eventId: string;
}

/** When the sessions that reach into the period were alive. */
const spansIn = (
  { period }: Pick<Material, 'period'>,
  sessions: readonly (Pick<Entry, 'issuance'> & Partial<Pick<GrantSession, 'activity'>>)[],
): SessionSpan[] =>
  sessions
    .map(({ issuance, activity }) => ({
      from: issuance.event.at,
      to: aliveUntil(issuance, activity),
      eventId: issuance.event.id,
    }))
    .filter(({ from, to }) => reachesInto(period, { at: from, until: to }));

function observe(
  spans: readonly SessionSpan[],
  about: Pick<Observation, 'subject' | 'account' | 'message'>,
): Observation[] {
  const whole = wholeOf(spans);
  if (!whole) return [];
  const eventIds = someOf(spans.map(({ eventId }) => eventId));
  return [{ severity: 'medium', at: whole.from, until: whole.to, ...about, eventIds }];
}
