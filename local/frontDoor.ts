import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerUnparsable } from './gateway.ts';
import { listen } from './listen.ts';
import { requireLoopback } from './loopback.ts';
import { type PlainAnswer, sendPlainAnswer } from './plainAnswer.ts';
import { ProblemError, problemAnswer } from './problem.ts';

/** What is behind the front door, once all of it is there. */
export interface Interior {
  gateway(request: IncomingMessage, response: ServerResponse): Promise<void>;
  signIn(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The rest below `/_local`; undefined for an unknown path. */
  local(request: IncomingMessage, path: string): Promise<PlainAnswer | undefined>;
}

export interface FrontDoor {
  baseUrl: string;
  port: number;
  /** Lets requests in. Until then they wait: nothing answers before everything is ready. */
  open(interior: Interior): void;
  close: () => Promise<void>;
}

/** The HTTP server that people and tools talk to: the API and the pages, and the local server's own part. */
export async function openFrontDoor(options: {
  port: number;
  onError: (error: unknown) => void;
}): Promise<FrontDoor> {
  const ready = Promise.withResolvers<Interior>();
  // Headers are counted by the gateway, which answers in its own words; node's limit is only the backstop.
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    ready.promise
      .then((interior) => dispatch(request, response, interior, baseUrl))
      .catch((error) => sendPlainAnswer(response, refusalOf(error, options.onError)));
  });
  answerUnparsable(server);
  const port = await listen(server, options.port, '--port');
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    baseUrl,
    port,
    open: ready.resolve,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  interior: Interior,
  baseUrl: string,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path !== '/_local' && !path.startsWith('/_local/')) {
    const redirect = canonicalAddress(request, path, baseUrl);
    return redirect ? sendPlainAnswer(response, redirect) : interior.gateway(request, response);
  }
  requireLoopback(request);
  if (path.startsWith('/_local/oidc/')) return interior.signIn(request, response);
  const answer = await interior.local(request, path);
  sendPlainAnswer(response, answer ?? problemAnswer(nothingHere), request.method === 'HEAD');
}

/** Pages opened as `localhost` move to the address that the sign-in sends people back to; the fragment goes along. */
function canonicalAddress(request: IncomingMessage, path: string, baseUrl: string): PlainAnswer | undefined {
  const isPage = request.method === 'GET' && (path === '/' || path === '/approve');
  if (!isPage || !/^localhost(:\d+)?$/.test(request.headers.host ?? '')) return undefined;
  const location = `${baseUrl}${request.url}`;
  return { status: 307, headers: { location, 'cache-control': 'no-store' }, body: '' };
}

const nothingHere = {
  status: 404,
  code: 'not_found',
  detail: 'The local server has nothing at this address.',
};
const failed = { status: 500, code: 'internal', detail: 'The local server met an error; its log says more.' };

function refusalOf(error: unknown, onError: (error: unknown) => void): PlainAnswer {
  if (error instanceof ProblemError) return problemAnswer(error.problem);
  onError(error);
  return problemAnswer(failed);
}
