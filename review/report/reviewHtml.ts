import { readFileSync } from 'node:fs';
import { addSeconds } from '#domain/instant.ts';
import type { Review } from '../review.ts';
import { spanOf } from './calendar.ts';
import { coverageOf } from './coverage.ts';
import type { CrossReferences } from './crossReferences.ts';
import { html, styleSheet, textOf } from './html.ts';
import { completenessSection } from './pageCompleteness.ts';
import { controlsSection } from './pageControls.ts';
import { findingsSection } from './pageFindings.ts';
import { glossarySection } from './pageGlossary.ts';
import { chooseGrants, grantsSection } from './pageGrants.ts';
import { dayOf, timeOf } from './pageParts.ts';
import { rightSizingSection } from './pageRightSizing.ts';
import { sessionsSection } from './pageSessions.ts';
import { signOffSection } from './pageSignOff.ts';
import { summarySection } from './pageSummary.ts';
import { verdictPart } from './pageVerdict.ts';

const css = readFileSync(new URL('report.css', import.meta.url), 'utf8');

const parts: [place: string, title: string][] = [
  ['findings', 'Findings'],
  ['summary', 'Summary'],
  ['grants', 'Requests and grants'],
  ['sessions', 'Other sessions'],
  ['completeness', 'Completeness'],
  ['right-sizing', 'Right-sizing'],
  ['controls', 'Controls'],
  ['glossary', 'Words'],
];

/**
 * review.html: one file that asks for nothing else, runs no script and prints well. What logs say is text in it and
 * nothing more.
 */
export function reviewHtml(review: Review, references: CrossReferences): string {
  const shown = chooseGrants(review, references);
  const places = coverageOf(review.trail.files);
  const title = `Access review, ${periodOf(review)}`;
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${styleSheet(css)}
</head>
<body>
<a class="skip" href="#findings">To the findings</a>
<header>
<h1>${title}</h1>
${verdictPart(review)}
<p class="aside">${review.integrity.verdict === 'verified' ? 'Proven' : 'Rebuilt'} from CloudTrail log files alone by ${review.tool.name} ${review.tool.version}, ${timeOf(review.madeAt)}. All times are UTC.</p>
</header>
<nav aria-label="Parts of this report"><ol>${parts.map(([place, name]) => html`<li><a href="#${place}">${name}</a></li>`)}</ol></nav>
<main>
${findingsSection(review, shown)}
${summarySection(review, places)}
${grantsSection(review, shown, references)}
${sessionsSection(review, references)}
${completenessSection(review, places)}
${rightSizingSection(review)}
${controlsSection()}
${glossarySection()}
${signOffSection()}
</main>
</body>
</html>
`);
}

/** `1 November 2026 to 30 November 2026`: the last day is named, not the moment after it. */
function periodOf(review: Review): string {
  const span = spanOf(review);
  if (!span) return 'nothing that was read';
  const [first, last] = [dayOf(span.from), dayOf(addSeconds(span.to, -1))];
  const days = first === last ? first : `${first} to ${last}`;
  const { from, to } = review.period;
  return from === undefined || to === undefined ? `${days}, as far as the logs go` : days;
}
