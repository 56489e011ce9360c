import { type Html, html } from './html.ts';

const lines = ['Prepared by', 'Reviewed by', 'Date', 'Findings accepted as exceptions, and why'];

/** Lines to sign on; they are on paper only. */
export const signOffSection = (): Html => html`<section id="sign-off" class="part"><h2>Sign-off</h2>
<dl class="sign-off">${lines.map((line) => html`<div><dt>${line}</dt><dd></dd></div>`)}</dl>
</section>
`;
