import { severities } from '../findings/finding.ts';
import type { Review } from '../review.ts';
import { type Verdict, verdictOf } from '../verdict.ts';
import { type Html, html } from './html.ts';
import { badge, counted, grouped, sentence } from './pageParts.ts';

/** What the review comes to, before all else. */
export function verdictPart(review: Review): Html {
  const { findings, integrity, table } = review;
  const { outcome, notChecked } = verdictOf(review);
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : html` <span class="times">${badge(severity)} × ${grouped(count)}</span>`;
  });
  const faults = findings.filter(({ severity }) => severity !== 'info').length;
  const words: Record<Verdict['outcome'], string> = {
    faults: `${counted(faults, 'finding')} to look into:`,
    unchecked: 'Nothing was found that is worse than info, but not all could be checked.',
    clean: 'Clean: nothing was found that is worse than info.',
  };
  const more = [
    notChecked.length > 0 && html`Not checked: ${sentence(notChecked.join(', '))}.`,
    integrityWords[integrity.verdict],
    table && tableWords(table),
  ].filter((line) => line !== undefined && line !== false);
  return html`<p class="verdict ${outcome}"><strong>${words[outcome]}</strong>${counts}${more.map((line) => html`<br>${line}`)}</p>
`;
}

const integrityWords: Record<Review['integrity']['verdict'], string | undefined> = {
  verified: 'CloudTrail’s digests prove the log files.',
  partly: 'CloudTrail’s digests prove a part of the log files.',
  unproven: 'No log file is proven, though digests were given.',
  failed: 'CloudTrail’s digests do not fit the log files.',
  none: undefined,
};

/** How the request table compares. */
export const tableWords = ({ requests, agree }: NonNullable<Review['table']>): string =>
  requests === 0
    ? 'The request table holds no request that could be compared with CloudTrail.'
    : `Request table: ${grouped(agree)} of ${counted(requests, 'request')} ${agree === 1 ? 'agrees' : 'agree'} with CloudTrail.`;
