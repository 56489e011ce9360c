import { statuses } from '#domain/accessRequest.ts';
import type { Review } from '../review.ts';
import { calendarOf, spanOf } from './calendar.ts';
import { barChart, patterns } from './charts.ts';
import { activityOf } from './crossReferences.ts';
import { type Html, html } from './html.ts';
import { counted, grouped, named, table } from './pageParts.ts';

export function summarySection(review: Review): Html {
  const { grants, sessions, issuances, completeness } = review;
  const granted = grants.filter(({ window }) => window !== undefined).length;
  const unexplained = sessions.filter(
    ({ joinedBy }) => joinedBy === 'unresolved' || joinedBy === 'ambiguous',
  ).length;
  const figures: [number, string, string][] = [
    [
      grants.length,
      'requests',
      `${grouped(granted)} granted, ${grouped(grants.filter(({ breakGlass }) => breakGlass).length)} with break-glass`,
    ],
    [
      issuances.ok.length,
      'sets of credentials issued',
      `to anybody in these logs; ${counted(issuances.failed.length, 'attempt')} refused`,
    ],
    [sessions.length, 'sessions', `${grouped(unexplained)} that lead back to nobody for certain`],
    [completeness.unique, 'events', `from ${counted(completeness.files, 'file')}`],
  ];
  return html`<section id="summary" class="part"><h2>Summary</h2>
<ul class="figures">${figures.map(([count, what, more]) => html`<li><strong>${grouped(count)}</strong> ${what}<span class="aside">${more}</span></li>`)}</ul>
<div class="charts">
${charts(review)}</div>
${grants.length > 0 && entitlementTable(review)}
</section>
`;
}

/** What became of requests, and what of the calls that were made under grants. */
function charts(review: Review): Html | undefined {
  const span = spanOf(review);
  if (!span || review.grants.length === 0) return undefined;
  const { unit, parts } = calendarOf(span);
  const calls = review.grants.flatMap((grant) => activityOf(grant).flatMap(({ each }) => each));
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

function entitlementTable({ grants }: Review): Html {
  const entitlements = [...Map.groupBy(grants, ({ entitlement }) => entitlement)].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const seen = statuses.filter((status) => grants.some((grant) => grant.status === status));
  return table({
    caption: 'Requests by entitlement and what became of them',
    rows: entitlements,
    columns: [
      { name: 'Entitlement', cell: ([entitlement]) => named(entitlement) },
      { name: 'Requests', number: true, cell: ([, same]) => same.length },
      ...seen.map((status) => ({
        name: status,
        number: true,
        cell: ([, same]: (typeof entitlements)[number]) =>
          same.filter((grant) => grant.status === status).length,
      })),
    ],
  });
}
