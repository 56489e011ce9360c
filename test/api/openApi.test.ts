import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { routes } from '#infra/routes.ts';
import { anOrdersRequest, eventually, type Service, startService } from '../support/service.ts';

type Schema = Record<string, unknown>;
interface Operation {
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content: Record<string, { schema: Schema }> }>;
  security?: unknown[];
}
interface OpenApi {
  openapi: string;
  info: Record<string, string>;
  servers: { url: string }[];
  security: Record<string, unknown>[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> };
}

let service: Service;
let document: OpenApi;
/** What answered first while the server was still starting, and whether everything was there then. */
let firstAnswers: { status: number; created: number };

beforeAll(async () => {
  const port = await freePort();
  const starting = startService({ port });
  const url = `http://127.0.0.1:${port}`;
  const first = await eventually(
    'the door',
    () => fetch(`${url}/v1/openapi.json`).catch(() => undefined),
    60,
  );
  document = (await first.json()) as OpenApi;
  // Asked the moment the document was there, before anybody was told that the server has started.
  const { access_token } = await (
    await fetch(`${url}/_local/token`, { method: 'POST', body: '{"user":"alice@example.com"}' })
  ).json();
  const created = await fetch(`${url}/v1/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}` },
    body: JSON.stringify(await aBody()),
  });
  firstAnswers = { status: first.status, created: created.status };
  service = await starting;
}, 60_000);
afterAll(() => service.stop());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.');
  return address.port;
}

const aBody = async () => ({
  entitlement: 'orders-read',
  justification: 'Customer asks where order 1001 is',
  recipientKey: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  },
});

const operations = (): [key: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

/** Every `$ref` anywhere below. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

/** The schema with the components that it names, ready to hold an answer against. */
function validator(schema: Schema): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  return z.fromJSONSchema(JSON.parse(text));
}

function schemaOf(key: string, status: string): Schema {
  const operation = Object.fromEntries(operations())[key];
  const type = status.endsWith('XX') ? 'application/problem+json' : 'application/json';
  const schema = operation?.responses[status]?.content[type]?.schema;
  if (!schema) throw new RangeError(`${key} describes no ${status}.`);
  return schema;
}

describe('the API description', () => {
  test('answers once everything behind it is there, and not before', () => {
    expect(firstAnswers).toEqual({ status: 200, created: 201 });
  });

  test('is OpenAPI 3.1 for this very server', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(document.servers).toEqual([{ url: service.server.baseUrl }]);
  });

  test('describes every route of the API, and no other', () => {
    const described = operations().map(([key]) => key);
    const known = routes
      .filter(({ path, signedIn }) => path.startsWith('/v1/') && signedIn)
      .map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual(known.sort());
  });

  test('asks for a bearer token everywhere', () => {
    const [[scheme] = []] = document.security.map((requirement) => Object.keys(requirement));
    expect(document.components.securitySchemes[scheme ?? '']).toMatchObject({
      type: 'http',
      scheme: 'bearer',
    });
    for (const [, operation] of operations()) expect(operation.security).toBeUndefined();
  });

  test('points at nothing that is missing', () => {
    const refs = refsIn(document);
    expect(refs).not.toEqual([]);
    for (const ref of refs)
      expect(
        Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
      ).toContain(ref);
  });

  test('declares each parameter of a path, as required', () => {
    for (const [key, { parameters = [] }] of operations()) {
      const inPath = [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters
          .filter((parameter) => parameter.in === 'path' && parameter.required)
          .map(({ name }) => name),
      ).toEqual(inPath);
    }
  });

  test('describes success and refusal of every operation in schemas that can be read', () => {
    for (const [key, { responses, summary }] of operations()) {
      expect(summary).toMatch(/\S/);
      const success = key === 'POST /v1/requests' ? '201' : '200';
      expect(Object.keys(responses).sort()).toEqual([success, '4XX', '5XX']);
      for (const status of Object.keys(responses))
        expect(() => validator(schemaOf(key, status))).not.toThrow();
    }
  });

  test('refuses unknown fields in every body, as the service does', () => {
    for (const [key, { requestBody }] of operations().filter(([name]) => name.startsWith('POST')))
      expect([key, requestBody?.content['application/json']?.schema.additionalProperties]).toEqual([
        key,
        false,
      ]);
  });

  test('fits what the service answers', async () => {
    const { answer, id } = await anOrdersRequest(service);
    const alice = service.as('alice');
    const answers: [key: string, status: string, body: unknown][] = [
      ['POST /v1/requests', '201', answer.body],
      ['GET /v1/requests', '200', (await alice.get('/v1/requests')).body],
      ['GET /v1/requests/{id}', '200', (await alice.get(`/v1/requests/${id}`)).body],
      ['GET /v1/entitlements', '200', (await alice.get('/v1/entitlements')).body],
      ['GET /v1/requests/{id}/credentials', '4XX', (await alice.get(`/v1/requests/${id}/credentials`)).body],
    ];
    for (const [key, status, body] of answers)
      expect([key, validator(schemaOf(key, status)).safeParse(body).error?.issues]).toEqual([key, undefined]);
    // The check can fail: the same schema refuses another thing.
    expect(validator(schemaOf('GET /v1/requests/{id}', '200')).safeParse({ id }).success).toBe(false);
  });
});
