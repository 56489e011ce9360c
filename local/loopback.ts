import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.ts';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses what does not come from this machine's own pages and tools. The Host header answers DNS rebinding (another
 * site's name pointed at 127.0.0.1), Origin and Sec-Fetch-Site answer forms and scripts of other sites.
 */
export function requireLoopback(request: IncomingMessage): void {
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d+$/, '');
  const { origin } = request.headers;
  const foreign =
    (origin !== undefined && origin !== `http://${host}`) ||
    (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site');
  if (loopbackNames.has(name) && !foreign) return;
  const detail = 'This address belongs to the local server and answers its own machine only.';
  throw new ProblemError({ status: 403, code: 'not_allowed', detail });
}
