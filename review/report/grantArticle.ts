import type { Approvals } from '../approvals.ts';
import type { Finding } from '../findings/finding.ts';
import type { Grant } from '../grants/grant.ts';
import type { CrossReferences } from './crossReferences.ts';
import { approvalWords } from './grantApprovals.ts';
import { figuresOf } from './grantFigures.ts';
import { grantProof } from './grantProof.ts';
import { grantSteps } from './grantSteps.ts';
import { grantTimeline } from './grantTimeline.ts';
import { type Html, html } from './html.ts';
import {
  badge,
  code,
  counted,
  lengthBetween,
  listed,
  named,
  requesterOf,
  sentence,
  timeAfter,
  timeOf,
} from './pageParts.ts';

/** Findings that are named again at their grant. */
const mostFindings = 20;

export const statusTag = ({ status }: Grant): Html => html`<span class="status ${status}">${status}</span>`;

/** One request: what was found, what it was for, its line of time, its story, and at last the evidence. */
export function grantArticle(
  grant: Grant,
  {
    place,
    references,
  }: {
    /** Its id on the page. */
    place: string;
    references: CrossReferences;
  },
): Html {
  const found = references.findingsOf(grant.id);
  return html`<article class="grant" id="${place}" aria-labelledby="${place}-title">
<h3 id="${place}-title">${requesterOf(grant)}: ${named(grant.entitlement)} ${statusTag(grant)}${grant.breakGlass && html` <span class="tag">break-glass</span>`}</h3>
${found.length > 0 && findingList(found)}
${facts(grant, references.approvalsOf(grant.id))}
${grantTimeline(grant)}
${grantSteps(grant)}
${grantProof(grant)}
</article>
`;
}

function findingList(found: readonly Finding[]): Html {
  const rest = found.length - mostFindings;
  const items = found
    .slice(0, mostFindings)
    .map(({ severity, message }) => html`<li>${badge(severity)} ${sentence(message)}</li>`);
  return html`<ul class="found">${items}${rest > 0 && html`<li>${counted(rest, 'more finding')}: see <code>findings.csv</code>.</li>`}</ul>`;
}

function facts(grant: Grant, approvals: Approvals | undefined): Html {
  const { calls, errors, denied, callsAfterEnd } = figuresOf(grant);
  const roles = [...new Set(grant.sessions.map(({ roleArn }) => roleArn))];
  const items: [string, Html | string][] = [
    ['Request', code(grant.id)],
    ['Asked', timeOf(grant.requestedAt)],
    ['Approvals', approvalWords(grant, approvals)],
    ...(grant.ticket === undefined ? [] : [['Ticket', named(grant.ticket)] as [string, Html]]),
    [
      'Window',
      grant.window
        ? html`${timeOf(grant.window.startsAt)} to ${timeAfter(grant.window.startsAt, grant.window.endsAt)} (${lengthBetween(grant.window.startsAt, grant.window.endsAt)})`
        : 'never granted',
    ],
    ...(roles.length === 0 ? [] : [['Role', html`${listed(roles.map(code))}`] as [string, Html]]),
    [
      'Calls',
      `${calls}, of which ${denied} refused and ${errors - denied} failed${callsAfterEnd > 0 ? `; ${callsAfterEnd} after the end` : ''}`,
    ],
  ];
  return html`<dl class="facts">${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
