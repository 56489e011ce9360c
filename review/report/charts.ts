import { type Html, html } from './html.ts';
import { grouped, table } from './pageParts.ts';

/** What a bar is made of; `look` names its pattern in report.css. */
export interface Series {
  name: string;
  look: 'good' | 'error' | 'denied' | 'plain';
}

export interface Bar {
  label: string;
  /** One number for each series. */
  values: number[];
}

/** Bars side by side, each stacked from its series, with the numbers below for whoever cannot see them. */
export function barChart({
  title,
  series,
  bars,
}: {
  title: string;
  series: readonly Series[];
  bars: readonly Bar[];
}): Html {
  const highest = Math.max(1, ...bars.map(({ values }) => sum(values)));
  const totals = series.map((_, index) => sum(bars.map(({ values }) => values[index] ?? 0)));
  const width = percent(1 / bars.length);
  const legend = series.map(
    ({ name, look }, index) =>
      html`<li><svg width="14" height="14" aria-hidden="true"><rect class="fill ${look}" width="14" height="14"/></svg> ${name}: ${grouped(totals[index] ?? 0)}</li>`,
  );
  const drawn = bars.map(
    (bar, index) =>
      html`<svg x="${percent(index / bars.length)}%" width="${width}%" height="${height}"><title>${`${bar.label}: ${grouped(sum(bar.values))}`}</title>${stack(bar, series, highest)}</svg>
`,
  );
  return html`<figure class="chart">
<figcaption>${title} <ul class="legend">${legend}</ul></figcaption>
<div class="plot"><span class="scale" aria-hidden="true"><span>${grouped(highest)}</span><span>0</span></span>
<svg role="img" aria-label="${`${title}: ${series.map(({ name }, index) => `${name} ${totals[index]}`).join(', ')}`}" width="100%" height="${height}"><line class="lane" x1="0" x2="100%" y1="${height - 0.5}" y2="${height - 0.5}"/>
${drawn}</svg></div>
<p class="ends" aria-hidden="true"><span>${bars[0]?.label}</span><span>${bars.at(-1)?.label}</span></p>
<details><summary>Numbers</summary>${numbers({ title, series, bars })}</details>
</figure>
`;
}

/** What tells bars apart without colour; once on a page that has charts. */
export const patterns = (): Html => html`<svg class="patterns" width="0" height="0" aria-hidden="true">
<pattern id="dotted" width="6" height="6" patternUnits="userSpaceOnUse"><path class="error" d="M0 1.5H3M3 4.5H6"/></pattern>
<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse"><path class="denied" d="M-1 1L1-1M0 6L6 0M5 7L7 5"/></pattern>
</svg>
`;

/** Pixels. */
const height = 120;

function stack({ values }: Bar, series: readonly Series[], highest: number): Html[] {
  let top = height;
  return series.flatMap(({ look }, index) => {
    const value = values[index] ?? 0;
    if (value === 0) return [];
    // What is there at all can be seen.
    const tall = Math.max(2, Math.round((value / highest) * (height - 4)));
    top -= tall;
    return html`<rect class="fill ${look}" x="10%" width="80%" y="${top}" height="${tall}"/>`;
  });
}

function numbers({ title, series, bars }: Parameters<typeof barChart>[0]): Html {
  return table({
    caption: title,
    rows: bars.filter(({ values }) => sum(values) > 0),
    columns: [
      { name: 'When', cell: ({ label }) => label },
      ...series.map(({ name }, index) => ({
        name,
        number: true,
        cell: ({ values }: Bar) => grouped(values[index] ?? 0),
      })),
    ],
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const percent = (share: number): number => Math.round(share * 10_000) / 100;
