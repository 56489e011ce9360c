import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type DispatcherOptions, dispatch } from './dispatcher.ts';
import type { ReceivedRequest } from './sigV4.ts';
import type { WireResponse } from './wire.ts';

const maxBodyBytes = 16 * 1024 * 1024;

/** Listens on 127.0.0.1 and returns the port. Throws if it is taken. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The endpoint has no port.');
  return address.port;
}

/** Reads one request, has it dispatched and writes the answer. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  dispatcher: DispatcherOptions,
): Promise<void> {
  try {
    const received = await receive(request);
    const sourceIp = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    const answer: WireResponse =
      received === undefined
        ? { status: 413, headers: { 'content-type': 'text/plain' }, body: 'Request entity too large' }
        : await dispatch(received, sourceIp, dispatcher);
    // Clients correct their clock by this header, so it must tell the virtual time.
    response.writeHead(answer.status, { ...answer.headers, date: new Date(dispatcher.now()).toUTCString() });
    response.end(answer.body);
  } catch (error) {
    process.emitWarning(`AWS endpoint: a request was cut off: ${String(error)}`);
    response.destroy();
  }
}

/** The whole request; undefined if it is larger than any service takes. */
async function receive(request: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  return { method: request.method ?? '', url: request.url ?? '/', headers, body: Buffer.concat(chunks) };
}
