import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { FunctionError } from '../../local/functionError.ts';

export interface RuntimeInvocation {
  id: string;
  functionArn: string;
  /** JSON text, as everything that crosses. */
  payload: string;
  /** Milliseconds since the epoch. */
  deadline: number;
}

/** Lambda's side of one execution environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeApi {
  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Resolves when the runtime asks for its first event; rejects with the error that it met before. */
  ready: Promise<void>;
  /** One at a time, as on Lambda. Rejects with the error that the function threw. */
  invoke(invocation: RuntimeInvocation): Promise<string>;
  /** Rejects what is waited for: the runtime is gone. */
  abandon(error: Error): void;
  close(): void;
}

const prefix = '/2018-06-01/runtime/';
const failureSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});

/** `onIdle` is called whenever the runtime waits for an event that is not there yet; it may stand still until then. */
export async function startRuntimeApi(onIdle: () => void): Promise<RuntimeApi> {
  const ready = Promise.withResolvers<void>();
  // Its rejection is also met where it is awaited; a runtime may fail before.
  ready.promise.catch(() => undefined);
  let waiting: ServerResponse | undefined;
  /** Came before the runtime asked for it: it was still at the end of the last one. */
  let early: RuntimeInvocation | undefined;
  let current: { id: string; answer: PromiseWithResolvers<string> } | undefined;

  const abandon = (error: Error): void => {
    ready.reject(error);
    current?.answer.reject(error);
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.replace(prefix, '');
    if (`${request.method} ${path}` === 'GET invocation/next') {
      ready.resolve();
      if (early) {
        hand(early, response);
        early = undefined;
        return;
      }
      waiting = response;
      onIdle();
      return;
    }
    const body = Buffer.concat(await request.toArray()).toString();
    if (path === 'init/error') abandon(failureOf(body));
    else if (path === `invocation/${current?.id}/response`) current?.answer.resolve(body);
    else if (path === `invocation/${current?.id}/error`) current?.answer.reject(failureOf(body));
    else response.statusCode = 403;
    response.setHeader('content-type', 'application/json').end('{"status":"OK"}');
  };
  const server = createServer((request, response) => {
    take(request, response).catch(abandon);
  });
  // The runtime may wait for an event, and stand still meanwhile, as long as it takes.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    ready: ready.promise,
    abandon,
    invoke(invocation) {
      current = { id: invocation.id, answer: Promise.withResolvers() };
      if (waiting) hand(invocation, waiting);
      else early = invocation;
      waiting = undefined;
      return current.answer.promise;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function hand(invocation: RuntimeInvocation, response: ServerResponse): void {
  response.writeHead(200, headersOf(invocation)).end(invocation.payload);
}

function headersOf({ id, functionArn, deadline }: RuntimeInvocation): Record<string, string> {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(deadline),
    'lambda-runtime-invoked-function-arn': functionArn,
    'lambda-runtime-trace-id': `Root=1-${id.slice(0, 8)}-${id.replaceAll('-', '').slice(8)};Sampled=0`,
  };
}

function failureOf(body: string): FunctionError {
  const { errorType, errorMessage, trace } = failureSchema.parse(JSON.parse(body));
  return Object.assign(new FunctionError(errorType, errorMessage), { stack: trace.join('\n') });
}
