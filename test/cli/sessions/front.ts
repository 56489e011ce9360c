import { createServer, type ServerResponse } from 'node:http';
import type { Service } from '../../support/service.ts';
import { listening } from '../listening.ts';

/** What stands between a machine and the service: it counts the calls, and can answer in the service's place. */
export interface Front {
  url: string;
  /** `GET /v1/requests/…/credentials`, in the order they came. */
  calls: string[];
  /** Answers a call itself where it returns true. */
  answers: (path: string, response: ServerResponse) => boolean;
  stop(): Promise<void>;
}

/** `user`: as whom all calls are made, however old the token of a long-running command is by now. */
export async function startFront(service: Service, user?: string): Promise<Front> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    front.calls.push(`${request.method} ${path}`);
    if (front.answers(path, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization = '', 'content-type': type = '', 'idempotency-key': key } = request.headers;
    const answer = await fetch(new URL(path, service.server.baseUrl), {
      method: request.method ?? 'GET',
      headers: {
        authorization: user ? `Bearer ${await service.token(user)}` : authorization,
        'content-type': type,
        ...(key && { 'idempotency-key': String(key) }),
      },
      body: request.method === 'POST' ? Buffer.concat(chunks) : null,
    });
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const front: Front = {
    url: await listening(server),
    calls: [],
    answers: () => false,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return front;
}

/** How often the service was asked for a session. */
export const sessionCalls = ({ calls }: Front): number =>
  calls.filter((call) => call.endsWith('/credentials')).length;
