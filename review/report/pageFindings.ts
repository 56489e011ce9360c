import { type Finding, type Severity, severities } from '../findings/finding.ts';
import { findingRules } from '../findings/findings.ts';
import type { Review } from '../review.ts';
import { verdictOf } from '../verdict.ts';
import { type Html, html } from './html.ts';
import type { ShownGrants } from './pageGrants.ts';
import { badge, code, counted, grouped, sentence, table, timeOf } from './pageParts.ts';
import { severityWords } from './severityWords.ts';

/** Findings from which on a table says first how many there are of each rule. */
const many = 20;
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
  const groups = groupsOf(findings);
  const bySeverity = [...Map.groupBy(groups, ({ severity }) => severity)];
  return html`<section id="findings" class="part"><h2>Findings</h2>
${findings.length >= many && groups.length > 1 && groupsTable(groups)}${bySeverity.map(([severity, same]) => severityBlock(severity, same, shown))}</section>
`;
}

/** Findings of one rule and one severity. */
interface Group {
  severity: Severity;
  rule: string;
  found: readonly Finding[];
  /** Where on the page they are told. */
  place: string;
}

/** The worst first. */
const groupsOf = (findings: readonly Finding[]): Group[] =>
  severities
    .flatMap((severity) => {
      const same = findings.filter((finding) => finding.severity === severity);
      return [...Map.groupBy(same, ({ rule }) => rule)].map(([rule, found]) => ({ severity, rule, found }));
    })
    .map((group, index) => ({ ...group, place: `rule-${index + 1}` }));

const groupsTable = (groups: readonly Group[]): Html =>
  table({
    caption: 'Findings by rule',
    rows: groups,
    columns: [
      { name: 'Rule', cell: ({ rule, place }) => html`<a href="#${place}">${code(rule)}</a>` },
      { name: 'Severity', cell: ({ severity }) => badge(severity) },
      { name: 'Findings', number: true, cell: ({ found }) => grouped(found.length) },
    ],
  });

function severityBlock(severity: Severity, groups: readonly Group[], shown: ShownGrants): Html {
  const count = groups.reduce((sum, { found }) => sum + found.length, 0);
  return html`<section class="severity"><h3>${badge(severity)} ${counted(count, 'finding')}</h3>
<p class="aside">${severityWords[severity]}</p>
${groups.map((group) => ruleBlock(group, shown))}</section>
`;
}

function ruleBlock({ rule: name, found, place }: Group, shown: ShownGrants): Html {
  const promise = findingRules.find((rule) => rule.name === name)?.promise;
  const rest = found.length - most;
  return html`<section class="rule" id="${place}"><h4>${code(name)}</h4>
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
