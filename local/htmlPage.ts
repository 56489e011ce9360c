import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PlainAnswer } from './plainAnswer.ts';

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | false | readonly Part[];

/** A template of HTML: every value is escaped unless it is HTML itself; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: strings.reduce((text, string, index) => text + rendered(parts[index - 1]) + string) };
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => entities[character] ?? '');
  if ('html' in part) return part.html;
  return part.map(rendered).join('');
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #4a515c); --accent: light-dark(#0b57a4, #8ec3ff); --soft: light-dark(#f3f5f8, #20242a); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#fff, #16191d); color: light-dark(#1b1f24, #e8eaed); }
body.narrow { max-width: 34rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button, input { font: inherit; color: inherit; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--soft); }
button { cursor: pointer; } button.main { background: light-dark(#0b57a4, #8ec3ff); color: light-dark(#fff, #10151b); border-color: transparent; }
.note { border-left: .25rem solid var(--accent); background: var(--soft); padding: .6rem .9rem; margin: 1rem 0; }
.people { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .5rem; } .people button { width: 100%; text-align: left; }
.people small, .muted { display: block; color: light-dark(#555d69, #aab2bd); }
form.row { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; } form.row label { flex: 1 1 16rem; } form.row input { display: block; width: 100%; }
code { font: 1.4rem ui-monospace, monospace; letter-spacing: .1em; }
.columns { display: grid; grid-template-columns: minmax(16rem, 1fr) 2fr; gap: 1.5rem; align-items: start; }
.mails { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .4rem; } .mails li + li { border-top: 1px solid var(--line); }
.mails a { display: block; padding: .6rem .8rem; color: inherit; text-decoration: none; overflow-wrap: anywhere; } .mails a:hover { background: var(--soft); }
.mails a[aria-current] { background: var(--soft); box-shadow: inset .25rem 0 var(--accent); } .mails strong { display: block; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; } dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 28rem; border: 1px solid var(--line); border-radius: .4rem; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .9rem; border-radius: .4rem; }
@media (max-width: 50rem) { .columns { grid-template-columns: 1fr; } }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** A whole page of the local server. `narrow` suits a single form. */
export function pageOf(options: { title: string; main: Html; narrow?: boolean }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${options.title} – Countersign, local</title>
<style>${{ html: style }}</style>
</head>
<body${options.narrow ? { html: ' class="narrow"' } : ''}>
<main>
${options.main}
</main>
</body>
</html>
`.html;
}

/** Browsers name text/html first; tools name JSON, anything, or nothing. */
export function wantsPage(request: IncomingMessage): boolean {
  const [first = ''] = (request.headers.accept ?? '').split(',');
  return first.trim().split(';')[0] === 'text/html';
}

/** Such a page at an address that has JSON for tools. */
export const pageAnswer = (body: string): PlainAnswer => ({
  status: 200,
  headers: { ...pageHeaders(), vary: 'accept' },
  body,
});

/** Headers of such a page; `formTargets` are the further addresses that its forms may lead to. */
export function pageHeaders(formTargets = ''): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; frame-src 'self'; form-action 'self' ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    // Not no-referrer: with it browsers send `Origin: null` along with a form, and the origin is checked.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}
