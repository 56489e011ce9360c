import { callShapes, shapes } from './grantTimeline.ts';
import { type Html, html } from './html.ts';

const size = 20;
const middle = size / 2;

const mark = (look: string, path: string): Html =>
  html`<svg x="${middle}" y="${middle}" overflow="visible"><path class="${look}" d="${path}"/></svg>`;

const entry = (event: keyof typeof shapes): Html =>
  html`${shapes[event] && mark(`mark ${shapes[event].look}`, shapes[event].path)}`;

const bar = (look: string): Html =>
  html`<rect class="bar ${look}" x="1" width="${size - 2}" y="4" height="12" rx="2"/>`;

const over = html`<line class="over" x1="${middle}" x2="${middle}" y1="0" y2="${size}"/>`;

const signs: [sign: Html, meaning: string][] = [
  [entry('requested'), 'asked'],
  [entry('approved'), 'approved'],
  [entry('reviewed'), 'reviewed'],
  [entry('denied'), 'denied, or could not be issued'],
  [entry('cancelled'), 'withdrawn, or expired'],
  [entry('ended'), 'ended, or given back'],
  [entry('revoked'), 'revoked'],
  [bar('window'), 'the window of the grant'],
  [bar('session'), 'a session, as long as it can work'],
  [over, 'end of access'],
  [mark('call good', callShapes.good), 'calls'],
  [mark('call error', callShapes.error), 'failed calls'],
  [mark('call denied', callShapes.denied), 'refused calls'],
  [mark('call late', callShapes.late), 'calls that succeeded after the end'],
];

/** What the signs on the lines of time mean; once on a page that has some. */
export const timelineLegend = (): Html => html`<h3>Signs on the lines of time</h3>
<ul class="legend">${signs.map(([sign, meaning]) => html`<li><svg width="${size}" height="${size}" aria-hidden="true">${sign}</svg> ${meaning}</li>`)}</ul>
`;
