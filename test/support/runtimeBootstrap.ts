/**
 * What Lambda's Node.js runtime does around a function, and no more: it loads the handler, asks for one event after the
 * other and posts what comes of it. It is started under the function's own environment and imports nothing of the repository.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: object) => unknown;

const [module = '', name = ''] = variable('_HANDLER').split('.');
try {
  const handler = await loadHandler();
  for (;;) await serveNext(handler);
} catch (error) {
  await post('init/error', failureOf(error));
  process.exitCode = 1;
}

async function loadHandler(): Promise<Handler> {
  const loaded = await import(pathToFileURL(join(variable('LAMBDA_TASK_ROOT'), `${module}.mjs`)).href);
  const handler: unknown = loaded[name];
  if (!isHandler(handler)) throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  // From nodejs24.x on the runtime refuses handlers that could be waiting to be given a callback.
  if (handler.length > 2) throw named('Runtime.CallbackHandlerDeprecated', 'A handler takes two parameters.');
  return handler;
}

async function serveNext(handler: Handler): Promise<void> {
  const { headers, body } = await call('GET', 'invocation/next');
  const invocationId = String(headers['lambda-runtime-aws-request-id']);
  process.env._X_AMZN_TRACE_ID = String(headers['lambda-runtime-trace-id']);
  const outcome = await run(handler, body, contextOf(invocationId, headers));
  await post(`invocation/${invocationId}/${outcome.kind}`, outcome.payload);
}

async function run(handler: Handler, payload: string, context: object) {
  try {
    // Lambda answers `null` for a handler that returns nothing.
    return { kind: 'response', payload: (await handler(JSON.parse(payload), context)) ?? null } as const;
  } catch (error) {
    return { kind: 'error', payload: failureOf(error) } as const;
  }
}

function contextOf(awsRequestId: string, headers: NodeJS.Dict<string | string[]>): object {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    getRemainingTimeInMillis: () => deadline - Date.now(),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
  };
}

function post(path: string, payload: unknown) {
  return call('POST', path, JSON.stringify(payload));
}

/** Not `fetch`: what the bootstrap loads, a function would not have to. */
function call(method: string, path: string, body?: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    headers: NodeJS.Dict<string | string[]>;
    body: string;
  }>();
  const url = `http://${variable('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime/${path}`;
  request(url, { method }, async (response) => {
    const chunks: Buffer[] = await response.toArray();
    resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() });
  })
    .on('error', reject)
    .end(body);
  return promise;
}

function failureOf(error: unknown) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(errorType: string, message: string): Error {
  return Object.assign(new Error(message), { name: errorType });
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw named('Runtime.InitError', `There is no ${name}.`);
  return value;
}
