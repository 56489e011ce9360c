import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { answerPage, answerPageHeaders } from './answerPage.ts';

/** Waits for the browser to come back from the issuer. */
export interface Listener {
  redirectUri: string;
  /**
   * Handles the one answer that is ours; the page says how that ended. Rejects where it does, and where nobody has come after five
   * minutes.
   */
  answered<Result>(handle: (answer: URL) => Promise<Result>): Promise<Result>;
  close(): void;
}

const patience = 5 * 60_000;

/** Listens on a free port of the loopback address. Only the answer with this `state` counts, and that once. */
export async function listenForAnswer(state: string, limit = patience): Promise<Listener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  /** The answer in a request; none in what other pages and programs of this machine send here. */
  const answerIn = ({ method, url, headers }: IncomingMessage): URL | undefined => {
    const target = URL.parse(url ?? '', origin);
    const isOurs =
      method === 'GET' &&
      headers.host === new URL(origin).host &&
      target?.pathname === '/callback' &&
      target.searchParams.get('state') === state;
    return isOurs ? target : undefined;
  };

  return {
    redirectUri: `${origin}/callback`,
    answered: (handle) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(tooLate()), limit);
        let isTaken = false;
        server.on('request', (request, response) => {
          const answer = answerIn(request);
          if (!answer || isTaken) return void send(response, 404, answerPage('There is nothing here', ''));
          isTaken = true;
          clearTimeout(timer);
          resolve(shown(response, handle(answer)));
        });
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const tooLate = (): CommandError =>
  new CommandError(
    'Nobody signed in for five minutes. Begin again: countersign login. With --device a browser on another machine will do.',
    exitCodes.notSignedIn,
  );

/** How it ended, once the page says so too. */
async function shown<Result>(response: ServerResponse, ending: Promise<Result>): Promise<Result> {
  try {
    const result = await ending;
    await send(
      response,
      200,
      answerPage('You are signed in', 'Go back to the terminal; this page can be closed.'),
    );
    return result;
  } catch (error) {
    const page = answerPage('You are not signed in', 'The terminal says why; this page can be closed.');
    await send(response, 400, page);
    throw error;
  }
}

/** Resolves when the page has got there, or nobody waits for it any more. */
const send = (response: ServerResponse, status: number, page: string): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response
      .once('close', resolve)
      .writeHead(status, { ...answerPageHeaders, connection: 'close' })
      .end(page);
  });
