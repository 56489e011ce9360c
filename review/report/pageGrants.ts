import { severities } from '../findings/finding.ts';
import { endOf } from '../grants/end.ts';
import type { Grant } from '../grants/grant.ts';
import type { Review } from '../review.ts';
import type { CrossReferences } from './crossReferences.ts';
import { reviewerOf } from './grantApprovals.ts';
import { grantArticle, statusTag } from './grantArticle.ts';
import { figuresOf } from './grantFigures.ts';
import { type Html, html } from './html.ts';
import { timelineLegend } from './pageLegend.ts';
import { badge, counted, listed, named, requesterOf, table, timeAfter, timeOf } from './pageParts.ts';

/** Grants that are told in full; a page of more can no longer be read or printed. */
const most = 500;
/** The grants that the page tells, with the place of each on it. */
export interface ShownGrants {
  shown: readonly Grant[];
  /** `#grant-3` for a request that is on the page. */
  linkTo(requestId: string): string | undefined;
}

/** All of them, or else those with the gravest findings and then the latest; in the order of time. */
export function chooseGrants({ grants }: Review, { worstOf }: CrossReferences): ShownGrants {
  const gravity = ({ id }: Grant): number => {
    const worst = worstOf(id);
    return worst === undefined ? severities.length : severities.indexOf(worst);
  };
  const ranked = grants
    .map((grant, index) => ({ grant, index, gravity: gravity(grant) }))
    .sort((one, other) => one.gravity - other.gravity || other.index - one.index);
  const shown = ranked
    .slice(0, most)
    .sort((one, other) => one.index - other.index)
    .map(({ grant }) => grant);
  const places = new Map(shown.map(({ id }, index) => [id, `grant-${index + 1}`]));
  return {
    shown,
    linkTo: (requestId) => {
      const place = places.get(requestId);
      return place === undefined ? undefined : `#${place}`;
    },
  };
}

export function grantsSection(
  { grants, inputs }: Review,
  { shown }: ShownGrants,
  references: CrossReferences,
): Html {
  if (grants.length === 0)
    return html`<section id="grants" class="part"><h2>Requests and grants</h2>
<p>The logs hold no evidence of Countersign in this period: nobody assumed its notary role.</p></section>
`;
  const rest = grants.length - shown.length;
  const note =
    rest === 0
      ? undefined
      : html`<p class="note">The ${counted(shown.length, 'request')} with the gravest findings, and then the latest, are told here. The other ${rest} are in <code>grants.csv</code> and <code>review.json</code>.</p>`;
  return html`<section id="grants" class="part"><h2>Requests and grants</h2>
<p>What was asked for, who decided, what was issued and what was done with it, as CloudTrail shows it. ${inputs.table ? 'Of Countersign’s own table only findings speak, where it tells another story.' : 'Nothing here comes from Countersign’s own table.'}
CloudTrail has no words of people: justifications and comments stand in the request table. The request digest attests the justification that was approved,
the hashes of the chain attest the comments.</p>
${note}
${grantIndex(shown, references)}
${timelineLegend()}
${shown.map((grant, index) => grantArticle(grant, { place: `grant-${index + 1}`, references }))}
</section>
`;
}

const grantIndex = (grants: readonly Grant[], { worstOf }: CrossReferences): Html =>
  table({
    caption: `Requests in this report: ${grants.length}`,
    rows: grants.map((grant, index) => ({
      grant,
      place: `#grant-${index + 1}`,
      worst: worstOf(grant.id),
    })),
    columns: [
      {
        name: 'Asked',
        cell: ({ grant, place }) => html`<a href="${place}">${timeOf(grant.requestedAt)}</a>`,
      },
      { name: 'Requester', cell: ({ grant }) => requesterOf(grant) },
      { name: 'Entitlement and ticket', cell: ({ grant }) => subjectOf(grant) },
      { name: 'Decided by', cell: ({ grant }) => decidersOf(grant) },
      { name: 'Window', cell: ({ grant }) => windowOf(grant) },
      { name: 'Status and end', cell: ({ grant }) => html`${statusTag(grant)} ${endWords(grant)}` },
      { name: 'Calls', number: true, cell: ({ grant }) => figuresOf(grant).calls },
      { name: 'Finding', cell: ({ worst }) => (worst === undefined ? 'none' : badge(worst)) },
    ],
  });

const subjectOf = ({ entitlement, breakGlass, ticket }: Grant): Html =>
  html`${named(entitlement)}${breakGlass && html` <span class="tag">break-glass</span>`}${ticket !== undefined && html` <span class="aside">${named(ticket)}</span>`}`;

function decidersOf(grant: Grant): Html | string {
  if (grant.decisions.length > 0) return html`${listed(grant.decisions.map(({ by }) => named(by)))}`;
  return grant.breakGlass ? reviewerOf(grant) : 'nobody';
}

const windowOf = ({ requestedAt, window }: Grant): Html | string =>
  window
    ? html`${timeAfter(requestedAt, window.startsAt)} to ${timeAfter(window.startsAt, window.endsAt)}`
    : 'never granted';

/** When access was over, which may be before the window's end; of what still runs, nothing yet. */
function endWords(grant: Grant): Html | undefined {
  const over = grant.window && grant.end ? endOf(grant) : undefined;
  if (over === undefined) return undefined;
  return html`<span class="aside">${timeAfter(grant.requestedAt, over)}</span>`;
}
