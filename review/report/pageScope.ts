import type { Review } from '../review.ts';
import type { Coverage } from './coverage.ts';
import { type Html, html } from './html.ts';
import { counted, listed, named, timeOf } from './pageParts.ts';

/** Names of one kind that are told one by one. */
const most = 60;

/** What the review is about: whoever signs it signs for this and no more. */
export function scopePart(
  { period, rightSizing, completeness, issuances, sessions }: Review,
  places: readonly Coverage[],
): Html {
  // Log files are named, or lie, by whose they are; of others the issuing calls and the sessions tell.
  const inFolders = places.filter(({ region }) => region !== '');
  const issuing = issuances.ok.map(({ event }) => event);
  const accounts = [...inFolders, ...issuing].map(({ account }) => account);
  const regions = [...inFolders, ...issuing].map(({ region }) => region);
  const workedIn = sessions.flatMap(({ each }) => each.map(({ region }) => region));
  const { first, last } = completeness;
  const facts: [string, Html | string][] = [
    [
      'Period',
      html`${period.from === undefined ? 'from where the logs begin' : html`from ${timeOf(period.from)}`}, ${period.to === undefined ? 'to where the logs end' : html`until before ${timeOf(period.to)}`}`,
    ],
    [
      'Logs',
      first === undefined || last === undefined
        ? 'no event'
        : html`events from ${timeOf(first)} to ${timeOf(last)}`,
    ],
    [
      'Accounts',
      namesOf(distinct([...accounts, ...sessions.map(({ identity }) => identity.account ?? '')]), 'account'),
    ],
    ['Regions', namesOf(distinct([...regions, ...workedIn]), 'region')],
    ['Entitlements', namesOf([...new Set(rightSizing.map(({ entitlement }) => entitlement))], 'entitlement')],
  ];
  return html`<h3>Scope</h3>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

function namesOf(names: readonly string[], word: string): Html | string {
  if (names.length === 0) return `no ${word} is known`;
  const rest = names.length - most;
  return html`${listed(names.slice(0, most).map(named))}${rest > 0 && html` and ${counted(rest, `more ${word}`)}`}`;
}

const distinct = (names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== '').sort();
