import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../local/listen.ts';

/** What it answers once: status, body and headers; or whatever the function does with the connection. */
export type Reply =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A call as it arrived. */
export interface Arrived {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A service that answers as it is told, in this order; the last reply for good. */
export async function startFakeService(...replies: Reply[]) {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    arrived.push({ method, path: url, headers, body });
    const reply = replies[Math.min(arrived.length, replies.length) - 1];
    if (typeof reply === 'function') return reply(request, response);
    response.writeHead(reply?.status ?? 500, { 'content-type': 'application/json', ...reply?.headers });
    response.end(typeof reply?.body === 'string' ? reply.body : JSON.stringify(reply?.body ?? {}));
  });
  const port = await listen(server, 0, 'the fake service');
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
