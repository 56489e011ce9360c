import type { Review } from '../review.ts';
import type { EntitlementUse, GrantedAction } from '../rightSizing/entitlementUse.ts';
import { type Html, html } from './html.ts';
import { code, counted, grouped, jsonBlock, listed, named, table } from './pageParts.ts';

/** Entitlements that are told of; log files can be made to name any number. */
const most = 500;

/** What entitlements grant and nobody used. */
export function rightSizingSection({ rightSizing }: Review): Html {
  const severalInstallations =
    new Set(rightSizing.flatMap(({ installation }) => installation ?? [])).size > 1;
  return html`<section id="right-sizing" class="part"><h2>Right-sizing</h2>
<p>What each entitlement grants in each account, what was used of it in this period, and a narrower policy that would have done. A proposal is where a
talk with the entitlement’s owner begins: a rare task may need what this period did not.</p>
${rightSizing.length === 0 && html`<p>No entitlement was granted in this period.</p>`}
${rightSizing.slice(0, most).map((use) => entitlementBlock(use, severalInstallations))}
${rightSizing.length > most && html`<p class="note">The first ${most} by name are told here. The other ${rightSizing.length - most} are in <code>review.json</code>.</p>`}</section>
`;
}

const entitlementBlock = (
  use: EntitlementUse,
  severalInstallations: boolean,
): Html => html`<section class="entitlement"><h3>${nameOf(use)}</h3>
<p>${severalInstallations && use.installation !== undefined && html`Granted by Countersign in account ${named(use.installation)}. `}${counted(use.grants, 'grant')}, ${counted(use.sessions, 'session')}, ${counted(use.calls, 'call')}.${unusedWords(use)}</p>
${use.actions.length > 0 && actionTable(use)}
${use.refused.length > 0 && html`<p>Tried and refused: ${listed(use.refused.map(({ action, count }) => html`${code(action)} ${counted(count, 'time')}`))}. Perhaps it is missing; perhaps it was rightly refused.</p>`}
${proposalOf(use)}
${use.caveats.length > 0 && html`<ul class="aside">${use.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}
</section>
`;

/** An id alone may be that of entitlements in several accounts. */
const nameOf = ({ entitlement, account }: EntitlementUse): Html =>
  html`${named(entitlement)}${account !== undefined && html` in account ${named(account)}`}`;

function unusedWords({ actions }: EntitlementUse): Html | undefined {
  const unused = actions.filter(({ used, visible }) => visible && used.length === 0).length;
  return unused === 0
    ? undefined
    : html` ${unused} of ${counted(actions.length, 'granted action')} never used.`;
}

const actionTable = (use: EntitlementUse): Html =>
  table({
    caption: html`Actions that ${nameOf(use)} grants`,
    rows: use.actions,
    columns: [
      { name: 'Granted', cell: ({ pattern }) => code(pattern) },
      { name: 'Used', cell: useOf },
      {
        name: 'Calls',
        number: true,
        cell: ({ used }) => grouped(used.reduce((sum, { count }) => sum + count, 0)),
      },
    ],
  });

function useOf({ pattern, used, visible }: GrantedAction): Html | string {
  if (used.length === 0) return visible ? 'never used' : 'cannot be seen in these logs';
  const itself = used.length === 1 && used[0]?.action === pattern;
  const seen = itself ? 'used' : listed(used.map(({ action, count }) => html`${code(action)} × ${count}`));
  return html`${seen}${!visible && ', and perhaps more that these logs do not show'}`;
}

/** Why there is none, the caveats say. */
function proposalOf({ proposal = [] }: EntitlementUse): Html | undefined {
  if (proposal.length === 0) return undefined;
  return html`<details><summary>A narrower policy</summary>${jsonBlock(proposal)}</details>`;
}
