import type { Approvals } from '../approvals.ts';
import type { Grant } from '../grants/grant.ts';
import { type Html, html } from './html.ts';
import { lengthOf, listed, named } from './pageParts.ts';

/**
 * `needs 1 of orders-leads and 1 of security; got bob (orders-leads), erin (security)`, or `needs 1 of orders-leads, after 30 minutes
 * also of security; got erin (security)` where somebody approved to whom it had escalated.
 */
export function approvalWords(grant: Grant, approvals: Approvals | undefined): Html {
  if (grant.breakGlass) return html`none needed, as break-glass; ${reviewerOf(grant)}`;
  const [approved, denied] = (['approve', 'deny'] as const).map((kind) =>
    grant.decisions.filter(({ decision }) => decision === kind).map(({ by }) => ({ by })),
  );
  const needed = approvals
    ? html`needs ${rulesOf(approvals)}${escalationOf(approvals)}`
    : html`what is needed, the catalogue says, which was not given`;
  return html`${needed}; got ${peopleOf(approvals?.given ?? approved ?? [])}${denied?.length !== 0 && html`; denied by ${peopleOf(denied ?? [])}`}`;
}

const rulesOf = ({ needed }: Approvals): Html =>
  needed.length === 0
    ? html`none`
    : html`${listed(
        needed.map(({ count, from }) => html`${count} of ${listed(from.map(named), html` or `)}`),
        html` and `,
      )}`;

const escalationOf = ({ escalation }: Approvals): Html | undefined =>
  escalation &&
  html`, after ${lengthOf(escalation.after)} also of ${listed(escalation.to.map(named), html` or `)}`;

const peopleOf = (people: readonly { by: string; as?: readonly string[] }[]): Html =>
  people.length === 0
    ? html`none`
    : html`${listed(people.map(({ by, as }) => html`${named(by)}${as && html` (${candidacy(as)})`}`))}`;

const candidacy = (as: readonly string[]): Html =>
  as.length === 0 ? html`no approver under that catalogue` : html`${listed(as.map(named))}`;

/** Who reviewed a use of break-glass. */
export const reviewerOf = ({ review }: Grant): Html =>
  review ? html`reviewed by ${named(review.by)}` : html`not reviewed`;
