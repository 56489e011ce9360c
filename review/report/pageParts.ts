import { describeDuration } from '#domain/duration.ts';
import { type Instant, secondsBetween } from '#domain/instant.ts';
import type { Severity } from '../findings/finding.ts';
import type { Grant } from '../grants/grant.ts';
import { type Html, html } from './html.ts';
import { jsonText } from './jsonText.ts';

/** `2026-11-22 15:36:44`; the page says once that all times are UTC. */
export const timeOf = (instant: Instant): Html =>
  html`<time datetime="${instant}"><span class="day">${instant.slice(0, 10)}</span> ${instant.slice(11, 19)}</time>`;

/** `22 November 2026` */
export function dayOf(instant: Instant): string {
  const [year, month, day] = instant.slice(0, 10).split('-').map(Number);
  return `${day} ${months[(month ?? 1) - 1]} ${year}`;
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A time, without its day where that is the one that was named before. */
export const timeAfter = (day: Instant, instant: Instant): Html =>
  instant.slice(0, 10) === day.slice(0, 10)
    ? html`<time datetime="${instant}">${instant.slice(11, 19)}</time>`
    : timeOf(instant);

/** `1 hour 30 minutes`: the two largest units. */
export const lengthOf = (seconds: number): string =>
  describeDuration(Math.max(0, seconds)).split(' ').slice(0, 4).join(' ');

export const lengthBetween = (from: Instant, to: Instant): string => lengthOf(secondsBetween(from, to));

/** A name that somebody else chose: letters written from right to left turn nothing around it. */
export const named = (text: string): Html => html`<bdi class="${wrapping(text, 20)}">${text}</bdi>`;

/** Evidence may be missing so that nothing names who asked. */
export const requesterOf = ({ requester }: Grant): Html =>
  named(requester === '' ? 'unknown requester' : requester);

export const code = (text: string): Html => html`<code class="${wrapping(text)}">${text}</code>`;

/** What stands behind an ARN's account, `table/orders`: the whole ARN stands in the tables beside the page. */
export function codeOfArn(text: string): Html {
  const short = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/.exec(text)?.[1];
  return short === undefined
    ? code(text)
    : html`<code class="${wrapping(short)}" title="${text}">${short}</code>`;
}

/** Long words break anywhere; short ones, also the id of a request, keep together, which makes columns as wide as they need. */
const wrapping = (text: string, longestShort = 26): string => (text.length > longestShort ? 'long' : 'short');

/** `a, b, c` */
export const listed = (items: readonly Html[], between = html`, `): Html[] =>
  items.map((item, index) => (index === 0 ? item : html`${between}${item}`));

/** Digits in groups of three, the same in every locale. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 call`, `2 calls`. */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : more}`;

export const badge = (severity: Severity): Html => html`<span class="badge ${severity}">${severity}</span>`;

/** JSON for people to read, each line by itself. */
export const jsonBlock = (value: unknown): Html =>
  html`<pre tabindex="0"><code>${jsonText(value).split('\n').map(jsonLine)}</code></pre>`;

function jsonLine(line: string): Html {
  const indent = line.length - line.trimStart().length;
  return html`<span class="line indent-${Math.min(indent / 2, 8)}">${line}</span>`;
}

/** Characters of a sentence that names what logs hold; the tables beside the page have it whole. */
const longestSentence = 700;

export const sentence = (text: string): string =>
  text.length > longestSentence ? `${text.slice(0, longestSentence)} …` : text;

export interface Column<Row> {
  name: string;
  cell(row: Row): Html | string | number | undefined;
  /** Numbers stand right. */
  number?: boolean;
}

/** A table that says what it is; the first column names the row. Scrolls by itself where the page is narrow. */
export function table<Row>({
  caption,
  columns,
  rows,
}: {
  caption: Html | string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}): Html {
  const kind = ({ number }: Column<Row>): string => (number ? 'number' : 'words');
  const head = columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.name}</th>`);
  const body = rows.map((row) => {
    const [first, ...rest] = columns;
    return html`<tr>${first && html`<th scope="row" class="${kind(first)}">${first.cell(row)}</th>`}${rest.map(
      (column) => html`<td class="${kind(column)}" data-name="${column.name}">${column.cell(row)}</td>`,
    )}</tr>
`;
  });
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>
`;
}
