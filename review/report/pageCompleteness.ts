import { fileReasons, recordReasons } from '../reader/skipReasons.ts';
import type { Review } from '../review.ts';
import { spanOf } from './calendar.ts';
import { type Coverage, clipped, hourOf, hoursWithin, joined, type Run } from './coverage.ts';
import { type Html, html } from './html.ts';
import { inputFaults } from './inputFaults.ts';
import { inputsSha256 } from './inputList.ts';
import { digestsPart } from './pageDigests.ts';
import { inputsPart } from './pageInputs.ts';
import { code, counted, grouped, table, timeOf } from './pageParts.ts';
import { tableWords } from './pageVerdict.ts';

/** Files, faults and conflicts that are named one by one. */
const most = 50;

/** On what the review stands: whoever doubts a number begins here. */
export function completenessSection(review: Review, places: readonly Coverage[]): Html {
  return html`<section id="completeness" class="part"><h2>Completeness</h2>
<p>What was read, what was left out and why, and what CloudTrail’s own digests say of it.</p>
${inputFacts(review)}
${skippedTable(review)}
${faultyFiles(review)}
<h3>Hours with records</h3>
${coverageTable(review, places)}
<h3>Digests</h3>
${digestsPart(review.integrity)}
${review.table && html`<h3>Request table</h3>\n<p>${tableWords(review.table)}</p>`}
<h3>What was judged by</h3>
${inputsPart(review.inputs)}
<h3>How this report was made</h3>
${madeBy(review)}
</section>
`;
}

function inputFacts({ completeness, trail }: Review): Html {
  const { files, records, duplicates, unique, first, last } = completeness;
  const bytes = trail.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, Html | string][] = [
    ['Log files read', `${grouped(files)} (${grouped(bytes)} bytes)`],
    ['Records in them', grouped(records)],
    [
      'Delivered more than once',
      duplicates === 0 ? 'none' : `${grouped(duplicates)}, counted once: same event id, same content`,
    ],
    ['Events that the review stands on', grouped(unique)],
    [
      'First and last event',
      first === undefined || last === undefined ? 'none' : html`${timeOf(first)} to ${timeOf(last)}`,
    ],
    [
      'Same event id, other content',
      trail.conflicts.length === 0 ? 'none' : counted(trail.conflicts.length, 'event id'),
    ],
    [
      'SHA-256 of the log files',
      html`${code(inputsSha256(trail.files))}, of <code>inputs.sha256</code>, which lists every file: <code>sha256sum --check</code> compares them`,
    ],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

const reasons: Record<string, string> = { ...recordReasons, ...fileReasons };

function skippedTable({ completeness: { skipped } }: Review): Html {
  const rows = Object.entries(skipped).sort(([one], [other]) => (one < other ? -1 : 1));
  if (rows.length === 0) return html`<p>Nothing was skipped.</p>`;
  return table({
    caption: 'Records and files that were skipped',
    rows,
    columns: [
      { name: 'Reason', cell: ([reason]) => code(reason) },
      { name: 'Meaning', cell: ([reason]) => (Object.hasOwn(reasons, reason) ? reasons[reason] : undefined) },
      { name: 'Count', number: true, cell: ([, count]) => grouped(count) },
    ],
  });
}

function faultyFiles({ trail }: Review): Html | undefined {
  const faulty = inputFaults(trail);
  if (faulty.length === 0) return undefined;
  return table({
    caption: `Files, folders and links that could not be read whole: ${faulty.length}${faulty.length > most ? `, the first ${most} of them` : ''}`,
    rows: faulty.slice(0, most),
    columns: [
      { name: 'Path', cell: ({ path }) => code(path) },
      { name: 'Why', cell: ({ fault }) => fault },
    ],
  });
}

function coverageTable(review: Review, places: readonly Coverage[]): Html {
  const span = spanOf(review);
  if (places.length === 0 || !span) return html`<p>No file has a record.</p>`;
  const hours = { from: hourOf(span.from), until: hourOf(span.to) + (span.to.endsWith(':00:00Z') ? 0 : 1) };
  return html`<p class="aside">An hour counts when it lies between the first and the last record of a file. An hour without records is no fault by
itself: nothing may have happened. Only digests can show that nothing is missing.</p>
${table({
  caption: html`Hours from ${timeOf(span.from)} to ${timeOf(span.to)}`,
  rows: places,
  columns: [
    { name: 'Account', cell: ({ account }) => account },
    { name: 'Region', cell: ({ region }) => region },
    { name: 'Files', number: true, cell: ({ files }) => grouped(files) },
    { name: 'Records', number: true, cell: ({ records }) => grouped(records) },
    {
      name: 'Hours',
      number: true,
      cell: ({ runs }) => `${grouped(hoursWithin(runs, hours))} of ${grouped(hours.until - hours.from)}`,
    },
    { name: 'When', cell: (place) => strip(place, hours) },
  ],
})}`;
}

/** Steps on a strip that can be told apart. */
const steps = 400;

function strip({ account, region, runs }: Coverage, span: Run): Html {
  const scale = steps / (span.until - span.from);
  const drawn = joined(
    clipped(runs, span).map(({ from, until }) => ({
      from: Math.floor((from - span.from) * scale),
      until: Math.ceil((until - span.from) * scale),
    })),
  );
  const label = `${hoursWithin(runs, span)} of ${span.until - span.from} hours with records in ${account} ${region}`;
  return html`<svg class="strip" role="img" aria-label="${label}" width="100%" height="14"><rect class="ground" width="100%" height="14"/>${drawn.map(({ from, until }) => html`<rect class="there" x="${(from / steps) * 100}%" width="${((until - from) / steps) * 100}%" height="14"/>`)}</svg>`;
}

function madeBy({ tool, madeAt, parameters }: Review): Html {
  const rows: [string, string][] = [
    ['tool', `${tool.name} ${tool.version}`],
    ['made at', madeAt],
    ...Object.entries(parameters).sort(([one], [other]): number => (one < other ? -1 : 1)),
  ];
  return table({
    caption: 'Tool and parameters: with the same logs they make the same report',
    rows,
    columns: [
      { name: 'Parameter', cell: ([name]) => code(name) },
      { name: 'Value', cell: ([, value]) => code(value) },
    ],
  });
}
