import { controls } from './controls.ts';
import { type Html, html } from './html.ts';
import { table } from './pageParts.ts';

/** Which controls this report offers evidence for. */
export function controlsSection(): Html {
  const frameworks = Map.groupBy(controls, ({ framework }) => framework);
  return html`<section id="controls" class="part"><h2>Controls</h2>
<p>Where this report can serve as evidence, and what it does not show. It is evidence offered, not compliance granted: have your auditor confirm
which of it they accept, and compare the wording with the edition of the standard that you are held to.</p>
${[...frameworks].map(([framework, own]) =>
  table({
    caption: framework,
    rows: own,
    columns: [
      { name: 'Control', cell: ({ control, title }) => html`${control} <span class="aside">${title}</span>` },
      { name: 'Evidence offered', cell: ({ offers }) => offers },
      { name: 'Not shown here', cell: ({ doesNotShow }) => doesNotShow },
    ],
  }),
)}</section>
`;
}
