import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import type { Route } from '../infra/routes.ts';
import { authorise } from './gatewayAuthorizer.ts';
import { type ApiIdentity, proxyEventOf, proxyRequestOf } from './gatewayEvent.ts';
import { readBody } from './httpBody.ts';
import { endAnswer, sendPlainAnswer } from './plainAnswer.ts';
import { gatewayProblem, ProblemError, problemAnswer } from './problem.ts';
import { createRouteTable, type RouteMatch, type RouteTable } from './routeTable.ts';

export interface GatewayOptions {
  routes: readonly Route[];
  api: ApiIdentity;
  /** Invokes a Lambda function; rejects with the function's error. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** The function that signed-in routes ask first. */
  authorizer: string;
  /** Milliseconds; 29,000, API Gateway's own, unless told otherwise. */
  integrationTimeout?: number;
}

/** API Gateway's limits in bytes: request line and headers together, and the body. */
const headerLimit = 10_240;
const bodyLimit = 10 * 1024 * 1024;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const answerSchema = z.object({
  statusCode: z
    .union([
      z.number().int(),
      z
        .string()
        .regex(/^\d{3}$/)
        .transform(Number),
    ])
    .pipe(z.number().min(100).max(599)),
  headers: z.record(z.string(), scalar).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(scalar)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

type FunctionAnswer = z.infer<typeof answerSchema>;

/** The request listener of an API Gateway REST API: its routes, limits, authorizer and its own answers. */
export function createGateway(
  options: GatewayOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const table = createRouteTable(options.routes);
  return async (request, response) => {
    try {
      const answer = await handle(request, table, options);
      sendFunctionAnswer(response, answer, request.method === 'HEAD');
    } catch (error) {
      sendPlainAnswer(response, problemAnswer(problemOf(error)), request.method === 'HEAD');
    }
  };
}

async function handle(
  request: IncomingMessage,
  table: RouteTable,
  options: GatewayOptions,
): Promise<FunctionAnswer> {
  refuseLargeHeaders(request);
  const match = matchOf(request, table);
  const body = await readBody(request, bodyLimit);
  const proxyRequest = proxyRequestOf(request, match, options.api);
  const invoke = (functionName: string, event: unknown): Promise<unknown> =>
    withinTime(options.invoke(functionName, event), options.integrationTimeout ?? 29_000);
  const authorizer = match.route.signedIn
    ? await authorise(proxyRequest, options.api, (event) => invoke(options.authorizer, event))
    : { principalId: undefined };
  const result = await invoke(match.route.function, proxyEventOf(proxyRequest, body, authorizer));
  const answer = answerSchema.safeParse(result);
  if (!answer.success) throw gatewayProblem('bad_gateway');
  return answer.data;
}

function matchOf(request: IncomingMessage, table: RouteTable): RouteMatch {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const method = request.method ?? 'GET';
  const match = find(table, method, path);
  if ('route' in match) return match;
  throw match.allowed.length === 0
    ? gatewayProblem('not_found')
    : gatewayProblem('method_not_allowed', { allow: match.allowed.join(', ') });
}

function find(table: RouteTable, method: string, path: string): ReturnType<RouteTable['find']> {
  try {
    return table.find(method, path);
  } catch {
    // The path is not valid percent-encoding.
    throw gatewayProblem('malformed');
  }
}

function refuseLargeHeaders(request: IncomingMessage): void {
  const requestLine = `${request.method} ${request.url} HTTP/${request.httpVersion}\r\n`.length;
  // Name, colon, space, value, line end.
  const headers = request.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  if (requestLine + headers > headerLimit) throw new ProblemError(headersTooLarge);
}

const headersTooLarge = {
  status: 431,
  code: 'headers_too_large',
  detail: `Request line and headers are larger than ${headerLimit} bytes together.`,
  headers: { connection: 'close' },
};

/** The same problem whatever the function's error was: what went wrong stands in its log, not in the answer. */
function problemOf(error: unknown) {
  if (error instanceof ProblemError) return error.problem;
  // Lambda takes less than API Gateway: 6 MB.
  const tooLarge = error instanceof Error && error.name === 'RequestTooLargeException';
  return gatewayProblem(tooLarge ? 'body_too_large' : 'bad_gateway').problem;
}

async function withinTime<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(gatewayProblem('timed_out')), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function sendFunctionAnswer(response: ServerResponse, answer: FunctionAnswer, headOnly: boolean): void {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.set(name, String(value));
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {})) {
    headers.delete(name);
    for (const value of values) headers.append(name, String(value));
  }
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8');
  if (!headers.has('content-type') && body.length > 0) headers.set('content-type', 'application/json');
  response.setHeaders(headers);
  response.statusCode = answer.statusCode;
  endAnswer(response, body, headOnly);
}

/** Answers what node's parser refuses before there is a request: headers beyond its own limit, and garbage. */
export function answerUnparsable(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const malformed = { status: 400, code: 'malformed', detail: 'This is not an HTTP request.' };
    const answer = problemAnswer(error.code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge : malformed);
    const headers = {
      ...answer.headers,
      connection: 'close',
      'content-length': Buffer.byteLength(answer.body),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${answer.status} Refused\r\n${lines.join('')}\r\n${answer.body}`);
  });
}
