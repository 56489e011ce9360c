import { createHash } from 'node:crypto';

const style =
  ':root{color-scheme:light dark}body{margin:4rem auto;max-width:34rem;padding:0 1.5rem;font:1rem/1.5 system-ui,sans-serif}h1{font-size:1.5rem}';

/** What the browser shows when it comes back. Only our own texts: nothing of the address may get into the page. */
export const answerPage = (title: string, text: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Countersign</title>
<style>${style}</style>
<main><h1>${title}</h1><p role="status">${text}</p></main>
</html>
`;

/** The address holds a code, which works once: it is neither stored nor told to anybody. */
export const answerPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
