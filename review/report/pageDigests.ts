import type { Integrity } from '../integrity/integrity.ts';
import { whyUnproven } from '../integrity/whyUnproven.ts';
import { type Html, html } from './html.ts';
import { code, grouped, named, table, timeOf } from './pageParts.ts';

/** Faults that are named one by one. */
const most = 50;

const verdictWords: Record<Integrity['verdict'], string> = {
  verified: 'Verified: every log file stands in a digest whose signature holds, and none is missing.',
  partly: 'Partly verified: nothing is known to be wrong, but not everything is proven.',
  unproven: 'Not proven: nothing here shows that the digests are CloudTrail’s, so they prove no log file.',
  failed: 'Failed: something was changed, or is missing.',
  none: 'Not shown: no digest files were given, so nothing here proves that the logs are whole.',
};

/** What CloudTrail's digests prove of the log files. */
export function digestsPart(integrity: Integrity): Html {
  const { verdict, logs, chains, faults } = integrity;
  const counts: [string, number][] = [
    ['proven', logs.verified],
    ['altered', logs.altered],
    ['missing', logs.missing],
    ['in no digest', logs.uncovered],
    ['newer than the newest digest', logs.pending],
    ['in digests that are not proven themselves', logs.unproven],
  ];
  const words = counts.filter(([, count]) => count > 0).map(([name, count]) => `${grouped(count)} ${name}`);
  const why = whyUnproven(integrity);
  return html`<p class="verdict ${verdict}"><strong>${verdictWords[verdict]}</strong>${why !== undefined && html`<br>Why: ${why}.`}</p>
${words.length > 0 && html`<p>Log files: ${words.join(', ')}.</p>`}
${chains.length > 0 && chainTable(chains)}
${faults.length > 0 && faultTable(faults)}
`;
}

const chainTable = (chains: Integrity['chains']): Html =>
  table({
    caption: 'Chains of digests: one for each account, region and trail',
    rows: chains,
    columns: [
      { name: 'Account', cell: ({ account }) => account },
      { name: 'Region', cell: ({ region }) => region },
      {
        name: 'Trail',
        cell: ({ trail, backfill }) => html`${named(trail)}${backfill && html` (backfill)`}`,
      },
      { name: 'Digests', number: true, cell: ({ digests }) => grouped(digests) },
      { name: 'From', cell: ({ from }) => timeOf(from) },
      { name: 'To', cell: ({ to }) => timeOf(to) },
      {
        name: 'Hours',
        number: true,
        cell: ({ hours }) => hours && `${grouped(hours.covered)} of ${grouped(hours.expected)}`,
      },
      { name: 'Gaps', number: true, cell: ({ gaps }) => gaps.length },
      { name: 'Verdict on the digests', cell: ({ verdict }) => verdict },
    ],
  });

const faultTable = (faults: Integrity['faults']): Html =>
  table({
    caption: `What is wrong with digests and logs: ${faults.length}${faults.length > most ? `, the first ${most} of them` : ''}`,
    rows: faults.slice(0, most),
    columns: [
      { name: 'What', cell: ({ message }) => message },
      { name: 'File', cell: ({ file }) => code(file) },
    ],
  });
