import type { IncomingMessage } from 'node:http';
import { type Html, html, pageAnswer, pageOf, wantsPage } from './htmlPage.ts';
import { jsonAnswer, type PlainAnswer } from './plainAnswer.ts';

/** A hook, as whoever looks for it needs to know it. */
export interface ListedHook {
  path: string;
  what: string;
  /** Of a hook that takes a POST: a body that it takes. */
  example?: object;
}

/** All that the local server has beside the service: JSON, unless a browser asks for a page. */
export function hooksIndex(request: IncomingMessage, hooks: readonly ListedHook[]): PlainAnswer {
  const origin = `http://${request.headers.host}`;
  if (wantsPage(request)) return pageAnswer(indexPage(hooks, origin));
  return jsonAnswer({
    hooks: hooks.map(({ path, what, example }) => ({
      url: `${origin}${path}`,
      method: example ? 'POST' : 'GET',
      what,
      ...(example && { example }),
    })),
  });
}

const indexPage = (hooks: readonly ListedHook[], origin: string): string =>
  pageOf({
    title: 'Hooks',
    main: html`
<h1>Hooks of the local server</h1>
<p class="muted">For trying Countersign out and for tests; a deployed service has none of them. The service itself is at <a href="/">${origin}</a>.</p>
${hooks.map((hook) => section(hook, origin))}`,
  });

/** A link can only GET: what takes a POST is a command to be pasted. */
const section = ({ path, what, example }: ListedHook, origin: string): Html =>
  example
    ? html`
<h2>${path}</h2>
<p>${what}</p>
<pre>curl -s ${origin}${path} -d '${JSON.stringify(example)}'</pre>`
    : html`
<h2><a href="${path}">${path}</a></h2>
<p>${what}</p>`;
