import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openBrowser } from '../openBrowser.ts';

/** Milliseconds that a browser may take to start. */
const patience = 60_000;

/**
 * Opens a secret address in the browser. What stands among the processes, for every user of the machine to read, is an address of this process
 * that leads there once. Answers whether somebody went there.
 */
export async function openOnce(url: string, wait = patience): Promise<boolean> {
  const path = `/${randomBytes(32).toString('base64url')}`;
  const gone = new AbortController();
  const server = createServer((request, response) => {
    const isFirst = request.method === 'GET' && request.url === path && !gone.signal.aborted;
    if (!isFirst) {
      response.writeHead(404).end('This address leads on once, and has.\n');
      return;
    }
    response.once('finish', () => gone.abort());
    response.writeHead(302, { location: url, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const went = once(gone.signal, 'abort', { signal: AbortSignal.timeout(wait) }).then(
    () => true,
    () => false,
  );
  try {
    return (await openBrowser(`http://127.0.0.1:${port}${path}`)) && (await went);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
