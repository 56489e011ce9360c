import { statuses } from '#domain/accessRequest.ts';
import { callsOf } from '../grants/activity.ts';
import type { Review } from '../review.ts';
import { calendarOf, spanOf } from './calendar.ts';
import { barChart, patterns } from './charts.ts';
import type { Coverage } from './coverage.ts';
import { type Html, html } from './html.ts';
import { counted, grouped } from './pageParts.ts';
import { scopePart } from './pageScope.ts';
import { totalsTables } from './pageTotals.ts';

export function summarySection(review: Review, places: readonly Coverage[]): Html {
  const { grants, sessions, issuances, completeness } = review;
  const granted = grants.filter(({ window }) => window !== undefined).length;
  const unexplained = sessions.filter(
    ({ joinedBy }) => joinedBy === 'unresolved' || joinedBy === 'ambiguous',
  ).length;
  const isOpen = review.period.from === undefined && review.period.to === undefined;
  const inPeriod = isOpen ? '' : ' in the period';
  const inAll = isOpen ? '' : ' in all logs read';
  const figures: [count: number, one: string, more: string, aside: string][] = [
    [
      grants.length,
      `request${inPeriod}`,
      `requests${inPeriod}`,
      `${grouped(granted)} granted, ${grouped(grants.filter(({ breakGlass }) => breakGlass).length)} with break-glass${statusWords(grants)}`,
    ],
    [
      issuances.ok.length,
      'set of credentials issued',
      'sets of credentials issued',
      `to anybody${inAll === '' ? ' in these logs' : inAll}; ${counted(issuances.failed.length, 'attempt')} refused`,
    ],
    [
      sessions.length,
      `session${inPeriod}`,
      `sessions${inPeriod}`,
      `${grouped(unexplained)} that ${unexplained === 1 ? 'leads' : 'lead'} back to nobody for certain`,
    ],
    [completeness.unique, 'event', 'events', `from ${counted(completeness.files, 'file')}${inAll}`],
  ];
  return html`<section id="summary" class="part"><h2>Summary</h2>
<ul class="figures">${figures.map(([count, one, more, aside]) => html`<li><strong>${grouped(count)}</strong> ${count === 1 ? one : more}<span class="aside">${aside}</span></li>`)}</ul>
${scopePart(review, places)}
<div class="charts">
${charts(review)}</div>
${grants.length > 0 && totalsTables(grants)}
</section>
`;
}

/** What became of requests, and what of the calls that were made under grants. */
function charts(review: Review): Html | undefined {
  const span = spanOf(review);
  if (!span || review.grants.length === 0) return undefined;
  const { unit, parts } = calendarOf(span);
  const calls = review.grants.flatMap(callsOf);
  return html`${patterns()}${barChart({
    title: `Calls under grants by ${unit}`,
    series: [
      { name: 'done', look: 'good' },
      { name: 'failed', look: 'error' },
      { name: 'refused', look: 'denied' },
    ],
    bars: barsOf(parts, calls, [
      ({ errorCode }) => errorCode === undefined,
      ({ errorCode, denied }) => errorCode !== undefined && !denied,
      ({ denied }) => denied,
    ]),
  })}${barChart({
    title: `Requests by ${unit}`,
    series: [
      { name: 'granted', look: 'good' },
      { name: 'not granted', look: 'plain' },
    ],
    bars: barsOf(
      parts,
      review.grants.map((grant) => ({ ...grant, at: grant.requestedAt })),
      [({ window }) => window !== undefined, ({ window }) => window === undefined],
    ),
  })}`;
}

/** Counts what happened in each part of the time, apart for each kind. */
function barsOf<Happened extends { at: string }>(
  parts: readonly string[],
  happened: readonly Happened[],
  kinds: readonly ((one: Happened) => boolean)[],
) {
  const places = new Map(parts.map((part, index) => [part, index]));
  const bars = parts.map((part) => ({
    label: part.replace('T', ' ').replace(/ \d\d$/, '$&:00'),
    values: kinds.map(() => 0),
  }));
  const length = parts[0]?.length ?? 0;
  for (const one of happened) {
    const values = bars[places.get(one.at.slice(0, length)) ?? -1]?.values;
    const kind = kinds.findIndex((isOf) => isOf(one));
    if (values && kind >= 0) values[kind] = (values[kind] ?? 0) + 1;
  }
  return bars;
}

/** `; by status: 1 denied, 2 ended` */
function statusWords(grants: Review['grants']): string {
  const counts = statuses.map((status) => ({
    status,
    count: grants.filter((grant) => grant.status === status).length,
  }));
  const words = counts
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${grouped(count)} ${status}`);
  return words.length === 0 ? '' : `; by status: ${words.join(', ')}`;
}
