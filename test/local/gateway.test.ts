import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Route } from '../../infra/routes.ts';
import { answerUnparsable, createGateway } from '../../local/gateway.ts';

const routes: Route[] = [
  { method: 'GET', path: '/v1/requests', function: 'requests', signedIn: true },
  { method: 'POST', path: '/v1/requests', function: 'requests', signedIn: true },
  { method: 'GET', path: '/v1/requests/{id}', function: 'requests', signedIn: true },
  { method: 'GET', path: '/', function: 'web', signedIn: false },
  { method: 'POST', path: '/form', function: 'web', signedIn: false },
  { method: 'GET', path: '/assets/{proxy+}', function: 'web', signedIn: false },
];

type Handler = (event: never) => unknown;
const handlers: Record<string, Handler> = {};
const invoked: string[] = [];
let server: Server;
let base: string;

const allow = (effect: 'Allow' | 'Deny', resource?: string) => (event: APIGatewayRequestAuthorizerEvent) => ({
  principalId: 'alice',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource ?? event.methodArn }],
  },
  context: { email: 'alice@example.com', level: 2 },
});

beforeAll(async () => {
  const gateway = createGateway({
    routes,
    api: { account: '999988887777', region: 'us-east-1', apiId: 'local', stage: 'live' },
    authorizer: 'authorizer',
    integrationTimeout: 300,
    async invoke(name, event) {
      invoked.push(name);
      return handlers[name]?.(event as never);
    },
  });
  server = createServer({ maxHeaderSize: 65_536 }, (request, response) => void gateway(request, response));
  answerUnparsable(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  invoked.length = 0;
  handlers.authorizer = allow('Allow');
  handlers.requests = (event) => ({ statusCode: 200, body: JSON.stringify(event) });
  handlers.web = (event) => ({ statusCode: 200, body: JSON.stringify(event) });
});

const signedIn = { authorization: 'Bearer token' };
const eventOf = async (response: Response): Promise<APIGatewayProxyEvent> =>
  JSON.parse(await response.text());

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({
    type: `urn:countersign:problem:${code}`,
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
  });
}

describe('A function behind the gateway', () => {
  it('receives a REST API event: resource, path, parameters, query, headers and where the call came from', async () => {
    const response = await fetch(`${base}/v1/requests/01%2FA?status=active&status=ended&x=%C3%A9`, {
      headers: { ...signedIn, 'user-agent': 'tests', 'x-twice': 'one' },
    });
    const event = await eventOf(response);
    expect(event).toMatchObject({
      resource: '/v1/requests/{id}',
      path: '/v1/requests/01%2FA',
      httpMethod: 'GET',
      pathParameters: { id: '01/A' },
      queryStringParameters: { status: 'ended', x: 'é' },
      multiValueQueryStringParameters: { status: ['active', 'ended'], x: ['é'] },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
      headers: { authorization: 'Bearer token', 'x-twice': 'one' },
      requestContext: {
        stage: 'live',
        resourcePath: '/v1/requests/{id}',
        identity: { sourceIp: '127.0.0.1', userAgent: 'tests' },
        authorizer: { principalId: 'alice', email: 'alice@example.com', level: '2' },
      },
    });
    expect(Math.abs(event.requestContext.requestTimeEpoch - Date.now())).toBeLessThan(5_000);
    expect(event.requestContext.requestId).not.toBe('');
  });

  it('receives null where there is no query and no path parameter', async () => {
    const event = await eventOf(await fetch(`${base}/`));
    expect(event.queryStringParameters).toBeNull();
    expect(event.multiValueQueryStringParameters).toBeNull();
    expect(event.pathParameters).toBeNull();
  });

  it('receives text bodies as text and others as base64', async () => {
    const text = await eventOf(await fetch(`${base}/form`, { method: 'POST', body: '{"a":"é"}' }));
    const bytes = Uint8Array.of(0xff, 0xfe, 0);
    const binary = await eventOf(await fetch(`${base}/form`, { method: 'POST', body: bytes }));
    expect([text.body, text.isBase64Encoded]).toEqual(['{"a":"é"}', false]);
    expect([binary.body, binary.isBase64Encoded]).toEqual([Buffer.from(bytes).toString('base64'), true]);
  });

  it('learns the real caller from the last forwarded address, whatever the caller claims', async () => {
    const event = await eventOf(await fetch(`${base}/`, { headers: { 'x-forwarded-for': '203.0.113.7' } }));
    expect(event.headers['X-Forwarded-For']).toBe('203.0.113.7, 127.0.0.1');
    expect(event.requestContext.identity.sourceIp).toBe('127.0.0.1');
  });

  it('answers status, headers, repeated headers and bytes', async () => {
    handlers.web = () => ({
      statusCode: 201,
      headers: { 'content-type': 'image/png', 'x-number': 7 },
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
      body: Buffer.from([1, 2, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await fetch(`${base}/assets/deep/picture.png`);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-number')).toBe('7');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255]);
  });

  it('receives the rest of the path as the proxy parameter', async () => {
    const event = await eventOf(await fetch(`${base}/assets/deep/app.css`));
    expect(event.pathParameters).toEqual({ proxy: 'deep/app.css' });
  });

  it('serves HEAD as GET without a body', async () => {
    const response = await fetch(`${base}/`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await response.text()).toBe('');
  });
});

describe('The authorizer', () => {
  it('is not asked without an Authorization header: 401', async () => {
    const response = await fetch(`${base}/v1/requests`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    await expectProblem(response, 401, 'not_signed_in');
    expect(invoked).toEqual([]);
  });

  it('turns a stranger away with 401 before the function runs', async () => {
    handlers.authorizer = () => {
      throw new Error('Unauthorized');
    };
    await expectProblem(await fetch(`${base}/v1/requests`, { headers: signedIn }), 401, 'not_signed_in');
    expect(invoked).toEqual(['authorizer']);
  });

  it.each([
    ['denies', allow('Deny')],
    [
      'allows another method only',
      allow('Allow', 'arn:aws:execute-api:us-east-1:999988887777:local/live/POST/*'),
    ],
  ])('turns away with 403 when its policy %s', async (_what, authorizer) => {
    handlers.authorizer = authorizer;
    await expectProblem(await fetch(`${base}/v1/requests`, { headers: signedIn }), 403, 'not_allowed');
    expect(invoked).toEqual(['authorizer']);
  });

  it('may allow with wildcards', async () => {
    handlers.authorizer = allow('Allow', 'arn:aws:execute-api:*:*:local/*/GET/v1/request?');
    expect((await fetch(`${base}/v1/requests`, { headers: signedIn })).status).toBe(200);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('table is gone'))],
    ['answers nonsense', () => ({ isAuthorized: true })],
  ])('lets nobody through when it %s: 500', async (_what, authorizer) => {
    handlers.authorizer = authorizer;
    await expectProblem(await fetch(`${base}/v1/requests`, { headers: signedIn }), 500, 'authorizer_failed');
    expect(invoked).toEqual(['authorizer']);
  });

  it('is handed the raw header and the method, and no body', async () => {
    let seen: APIGatewayRequestAuthorizerEvent | undefined;
    handlers.authorizer = (event: APIGatewayRequestAuthorizerEvent) => {
      seen = event;
      return allow('Allow')(event);
    };
    await fetch(`${base}/v1/requests`, { method: 'POST', headers: signedIn, body: 'secret' });
    expect(seen).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:999988887777:local/live/POST/v1/requests',
      headers: { authorization: 'Bearer token' },
    });
    expect(JSON.stringify(seen)).not.toContain('secret');
  });
});

describe("The gateway's own answers are problem documents", () => {
  it('404 for an unknown path', async () => {
    await expectProblem(await fetch(`${base}/v1/nothing`), 404, 'not_found');
    await expectProblem(await fetch(`${base}/v1/requests/1/2`), 404, 'not_found');
  });

  it('405 with Allow for a method that the path does not have', async () => {
    const response = await fetch(`${base}/v1/requests`, { method: 'DELETE', headers: signedIn });
    expect(response.headers.get('allow')).toBe('GET, POST, HEAD');
    await expectProblem(response, 405, 'method_not_allowed');
    expect((await fetch(`${base}/form`)).headers.get('allow')).toBe('POST');
  });

  it('400 for a path that is not percent-encoding', async () => {
    await expectProblem(await fetch(`${base}/v1/requests/%zz`, { headers: signedIn }), 400, 'malformed');
  });

  it('413 for a body over ten megabytes, announced or streamed', async () => {
    const elevenMegabytes = Buffer.alloc(11 * 1024 * 1024);
    await expectProblem(await post(elevenMegabytes), 413, 'body_too_large');
    const stream = new Blob([elevenMegabytes]).stream();
    await expectProblem(await post(stream), 413, 'body_too_large');
    expect(invoked).toEqual([]);
  });

  it("431 for headers over 10,240 bytes, below and above the parser's own limit", async () => {
    await expectProblem(
      await fetch(`${base}/`, { headers: { 'x-long': 'x'.repeat(10_300) } }),
      431,
      'headers_too_large',
    );
    expect(await rawAnswer(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(70_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 .*application\/problem\+json.*"code":"headers_too_large"/s,
    );
    expect((await fetch(`${base}/`, { headers: { 'x-long': 'x'.repeat(9_000) } })).status).toBe(200);
  });

  it('400 for what is no HTTP request', async () => {
    expect(await rawAnswer('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed"/s);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('database password is hunter2'))],
    ['answers nothing', () => null],
    ['answers no status', () => ({ body: 'hello' })],
    ['answers an impossible status', () => ({ statusCode: 42 })],
    ['answers a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
    ['answers a header that is no header', () => ({ statusCode: 200, headers: { 'x-bad': 'a\r\nb: c' } })],
  ])('502 when the function %s, and nothing of its error', async (_what, web) => {
    handlers.web = web;
    const response = await fetch(`${base}/`);
    expect(await response.clone().text()).not.toContain('hunter2');
    await expectProblem(response, 502, 'bad_gateway');
  });

  it('504 when the function takes too long', async () => {
    handlers.web = () => new Promise(() => undefined);
    await expectProblem(await fetch(`${base}/`), 504, 'timed_out');
  });
});

const post = (body: BodyInit): Promise<Response> =>
  new Promise((resolve, reject) => {
    // Not fetch: it does not read an answer that arrives while it is still sending.
    const sending = httpRequest(`${base}/form`, { method: 'POST' }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => {
        const headers = { 'content-type': incoming.headers['content-type'] ?? '' };
        resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 0, headers }));
      });
    });
    sending.on('error', reject);
    if (Buffer.isBuffer(body)) {
      sending.setHeader('content-length', body.length);
      sending.flushHeaders();
      return;
    }
    void new Response(body).arrayBuffer().then((bytes) => {
      const chunk = Buffer.from(bytes);
      sending.write(chunk.subarray(0, 10 * 1024 * 1024));
      sending.write(chunk.subarray(10 * 1024 * 1024));
    });
  });

function rawAnswer(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
