import type { Integrity } from '#review/integrity/integrity.ts';
import type { Completeness } from '#review/reader/trail.ts';
import { counted, number } from '../terminal/counted.ts';
import type { Summary } from './summary.ts';

const verdicts: Record<Integrity['verdict'], string> = {
  verified: 'verified: every log file stands in a digest whose signature holds',
  partly: 'partly verified: review.html says what no digest proves',
  unproven: 'NOT PROVEN: digests were given and prove no log file; the first line says why',
  failed: 'FAILED: log or digest files were altered, or are missing',
  none: 'not shown: no digest files were given (docs/review.md says how to fetch them)',
};

/** What was read and rebuilt, by name. Where a period was given, each number says whether it is of the period. */
export function factsOf(summary: Summary): [name: string, text: string][] {
  const { period, completeness, integrity, issuances, sessions, grants, entitlements, table } = summary;
  const { files, unique, duplicates, skipped, first, last } = completeness;
  const isOpen = period.from === null && period.to === null;
  const inPeriod = isOpen ? '' : ' in the period';
  const inAll = isOpen ? '' : ' in all logs read';
  const { unresolved = 0, ambiguous = 0 } = sessions.joinedBy;
  return [
    [
      'Read',
      `${counted(files, 'file')}: ${counted(unique, 'event')}, ${number(duplicates)} delivered again, ${skippedText(skipped)}`,
    ],
    ['Events', first === undefined ? 'none' : `${first} to ${last}${inAll}`],
    ['Period', periodText(period)],
    ['Integrity', verdicts[integrity.verdict]],
    ...(table ? [tableFact(table)] : []),
    [
      'Issued',
      `${counted(issuances.ok, 'set')} of credentials, ${counted(issuances.failed, 'attempt')} refused${inAll}`,
    ],
    ['Sessions', `${number(sessions.total)}${inPeriod}, ${number(unresolved + ambiguous)} of unknown origin`],
    ['Requests', requestsText(grants, inPeriod)],
    ...(grants.total > 0 && entitlements.total > 0 ? [entitlementsFact(entitlements)] : []),
  ];
}

const tableFact = ({ requests, agree }: NonNullable<Summary['table']>): [string, string] => [
  'Table',
  requests === 0
    ? 'holds no request that could be compared'
    : `${number(agree)} of ${counted(requests, 'request')} ${agree === 1 ? 'agrees' : 'agree'} with CloudTrail`,
];

/** `6 in the period: 2 ended, 4 denied`, or `6 ended in the period` where they are all alike. */
function requestsText({ total, status }: Summary['grants'], inPeriod: string): string {
  const statuses = Object.entries(status).map(([name, count]) => `${number(count)} ${name}`);
  if (statuses.length > 1) return `${number(total)}${inPeriod}: ${statuses.join(', ')}`;
  return `${statuses[0] ?? 'none'}${inPeriod}`;
}

const entitlementsFact = ({ total, neverGranted, unused }: Summary['entitlements']): [string, string] => [
  'Unused',
  `${number(neverGranted)} of ${counted(total, 'entitlement')} never granted, ${number(unused)} with actions that nobody used`,
];

/** How many records, and files, were left out, and why. */
function skippedText(skipped: Completeness['skipped']): string {
  const reasons = Object.entries(skipped).sort(([one], [other]) => (one < other ? -1 : 1));
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const why = reasons.map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
  return `${number(total)} skipped${why === '' ? '' : ` (${why})`}`;
}

/** Half-open, as the options are. */
function periodText({ from, to }: Summary['period']): string {
  if (from === null && to === null) return 'all that the logs hold';
  return [from && `from ${from}`, to && `until before ${to}`].filter(Boolean).join(' ');
}
