import { readFileSync } from 'node:fs';
import { addSeconds } from '#domain/instant.ts';
import { severities } from '../findings/finding.ts';
import type { Review } from '../review.ts';
import { spanOf } from './calendar.ts';
import { type CrossReferences, worstOf } from './crossReferences.ts';
import { type Html, html, styleSheet, textOf } from './html.ts';
import { completenessSection } from './pageCompleteness.ts';
import { controlsSection } from './pageControls.ts';
import { findingsSection } from './pageFindings.ts';
import { glossarySection } from './pageGlossary.ts';
import { chooseGrants, grantsSection } from './pageGrants.ts';
import { badge, counted, dayOf, grouped, timeOf } from './pageParts.ts';
import { rightSizingSection } from './pageRightSizing.ts';
import { sessionsSection } from './pageSessions.ts';
import { summarySection } from './pageSummary.ts';

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
${verdict(review)}
<p class="aside">Proven from CloudTrail log files alone by ${review.tool.name} ${review.tool.version}, ${timeOf(review.madeAt)}. All times are UTC.</p>
</header>
<nav aria-label="Parts of this report"><ol>${parts.map(([place, name]) => html`<li><a href="#${place}">${name}</a></li>`)}</ol></nav>
<main>
${findingsSection(review, shown)}
${summarySection(review)}
${grantsSection(review, shown, references)}
${sessionsSection(review, references)}
${completenessSection(review)}
${rightSizingSection(review)}
${controlsSection()}
${glossarySection()}
</main>
</body>
</html>
`);
}

function verdict({ findings, integrity }: Review): Html {
  const worst = worstOf(findings);
  const clean = worst === undefined || worst === 'info';
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : html` ${badge(severity)} × ${grouped(count)}`;
  });
  const faults = findings.filter(({ severity }) => severity !== 'info').length;
  const what = clean
    ? 'Clean: nothing was found that is worse than info.'
    : `${counted(faults, 'finding')} to look into:`;
  return html`<p class="verdict ${clean ? 'verified' : 'failed'}"><strong>${what}</strong>${counts}<br>${integrityWords[integrity.verdict]}</p>
`;
}

const integrityWords: Record<Review['integrity']['verdict'], string> = {
  verified: 'CloudTrail’s digests prove the log files.',
  partly: 'CloudTrail’s digests prove a part of the log files.',
  failed: 'CloudTrail’s digests do not fit the log files.',
  none: 'No digests were given: nothing proves that the log files are whole.',
};

/** `1 November 2026 to 30 November 2026`: the last day is named, not the moment after it. */
function periodOf(review: Review): string {
  const span = spanOf(review);
  if (!span) return 'nothing that was read';
  const [first, last] = [dayOf(span.from), dayOf(addSeconds(span.to, -1))];
  const days = first === last ? first : `${first} to ${last}`;
  const { from, to } = review.period;
  return from === undefined || to === undefined ? `${days}, as far as the logs go` : days;
}
