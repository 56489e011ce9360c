import { secondsBetween } from '#domain/instant.ts';
import type { Grant } from '../grants/grant.ts';
import { figuresOf } from './grantFigures.ts';
import { type Html, html } from './html.ts';
import { type Column, counted, grouped, lengthOf, named, table } from './pageParts.ts';

/** People, and entitlements, that have a row; the others are in grants.csv. */
const most = 50;

interface Totals {
  name: string;
  requests: number;
  granted: number;
  breakGlass: number;
  /** Seconds of all windows together. */
  seconds: number;
  calls: number;
  denied: number;
  decided: number;
}

/** What each person asked for, got, did and decided, and what became of each entitlement. */
export function totalsTables(grants: readonly Grant[]): Html {
  const people = new Map<string, Totals>();
  const entitlements = new Map<string, Totals>();
  for (const grant of grants) {
    addTo(totalsIn(entitlements, grant.entitlement), grant);
    addTo(totalsIn(people, grant.requester), grant);
    for (const { by } of [...grant.decisions, ...(grant.review ? [grant.review] : [])])
      totalsIn(people, by).decided += 1;
  }
  const decided = { name: 'Decided or reviewed', number: true, cell: (row: Totals) => grouped(row.decided) };
  return html`${totalsTable('person', 'people', [...people.values()], [decided])}${totalsTable('entitlement', 'entitlements', [...entitlements.values()], [])}`;
}

function totalsIn(all: Map<string, Totals>, name: string): Totals {
  const known = all.get(name);
  if (known) return known;
  const fresh = { name, requests: 0, granted: 0, breakGlass: 0, seconds: 0, calls: 0, denied: 0, decided: 0 };
  all.set(name, fresh);
  return fresh;
}

function addTo(totals: Totals, grant: Grant): void {
  const { calls, denied } = figuresOf(grant);
  const { window } = grant;
  totals.requests += 1;
  totals.granted += window ? 1 : 0;
  totals.breakGlass += grant.breakGlass ? 1 : 0;
  totals.seconds += window ? Math.max(0, secondsBetween(window.startsAt, window.endsAt)) : 0;
  totals.calls += calls;
  totals.denied += denied;
}

function totalsTable(
  word: string,
  words: string,
  all: readonly Totals[],
  more: readonly Column<Totals>[],
): Html {
  const rows = [...all].sort(
    (one, other) => other.requests - one.requests || (one.name < other.name ? -1 : 1),
  );
  const count = (name: string, cell: (row: Totals) => number): Column<Totals> => ({
    name,
    number: true,
    cell: (row) => grouped(cell(row)),
  });
  return table({
    caption: `Totals by ${word}${rows.length > most ? `: the ${most} of ${counted(rows.length, word, words)} with the most requests` : ''}`,
    rows: rows.slice(0, most),
    columns: [
      {
        name: `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
        cell: ({ name }) => named(name === '' ? 'unknown' : name),
      },
      count('Requests', ({ requests }) => requests),
      count('Granted', ({ granted }) => granted),
      count('Break-glass', ({ breakGlass }) => breakGlass),
      { name: 'Time granted', cell: ({ seconds }) => (seconds === 0 ? 'none' : lengthOf(seconds)) },
      count('Calls', ({ calls }) => calls),
      count('Refused', ({ denied }) => denied),
      ...more,
    ],
  });
}
