import { type Finding, type Severity, severities } from '../findings/finding.ts';
import { findingRules } from '../findings/findings.ts';
import type { Review } from '../review.ts';
import { verdictOf } from '../verdict.ts';
import { type Html, html } from './html.ts';
import type { ShownGrants } from './pageGrants.ts';
import { badge, code, counted, sentence, timeOf } from './pageParts.ts';
import { severityWords } from './severityWords.ts';

/** Findings of one rule that are told one by one. */
const most = 50;
/** Event ids of one finding. */
const mostIds = 20;

export function findingsSection(review: Review, shown: ShownGrants): Html {
  const { findings } = review;
  if (findings.length === 0)
    return html`<section id="findings" class="part"><h2>Findings</h2>
<p class="verdict ${verdictOf(review).outcome}">Nothing was found: no rule was seen broken. <a href="#completeness">Completeness</a> says on what.</p>
</section>
`;
  const bySeverity = severities.map((severity) => ({
    severity,
    found: findings.filter((finding) => finding.severity === severity),
  }));
  return html`<section id="findings" class="part"><h2>Findings</h2>
${bySeverity.map(({ severity, found }) => found.length > 0 && severityBlock(severity, found, shown))}</section>
`;
}

const severityBlock = (severity: Severity, found: readonly Finding[], shown: ShownGrants): Html =>
  html`<section class="severity"><h3>${badge(severity)} ${counted(found.length, 'finding')}</h3>
<p class="aside">${severityWords[severity]}</p>
${[...Map.groupBy(found, ({ rule }) => rule)].map(([rule, same]) => ruleBlock(rule, same, shown))}</section>
`;

function ruleBlock(name: string, found: readonly Finding[], shown: ShownGrants): Html {
  const promise = findingRules.find((rule) => rule.name === name)?.promise;
  const rest = found.length - most;
  return html`<section class="rule"><h4>${code(name)}</h4>
${promise !== undefined && html`<p class="aside">What should hold: ${promise}</p>`}
<ul class="findings">${found.slice(0, most).map((finding) => findingItem(finding, shown))}</ul>
${rest > 0 && html`<p class="note">${counted(rest, 'more finding')} of this rule: see <code>findings.csv</code>.</p>`}</section>
`;
}

function findingItem({ at, subject, requestId, message, eventIds }: Finding, { linkTo }: ShownGrants): Html {
  const link = requestId === undefined ? undefined : linkTo(requestId);
  const ids = eventIds.slice(0, mostIds).map((id) => html`${code(id)} `);
  const rest = eventIds.length - mostIds;
  return html`<li><p>${sentence(message)}</p>
<p class="aside">${at !== undefined && html`${timeOf(at)} · `}${code(subject)}${link !== undefined && html` · <a href="${link}">the request’s story</a>`}</p>
${eventIds.length > 0 && html`<p class="aside ids">CloudTrail events: ${ids}${rest > 0 && html`and ${rest} more`}</p>`}</li>
`;
}
