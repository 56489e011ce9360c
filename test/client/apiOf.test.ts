import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { apiOf } from '#client/apiOf.ts';
import { RefusedError, UnreachableError, UnreadableAnswerError } from '#client/errors.ts';
import { errorOf } from './errorOf.ts';
import { type Reply, startFakeService } from './fakeService.ts';

const id = '01KANB1X00000000000000ABCD';
const request = {
  id,
  status: 'pending',
  entitlement: 'orders-read',
  title: 'Read the orders table',
  requester: { kind: 'machine', issuer: 'https://issuer.example.com', subject: 'tool' },
  duration: 'PT1H',
  justification: 'Customer asks where order 1001 is',
  parameters: {},
  breakGlass: false,
  createdAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-22T14:00:00Z',
  decisions: [],
};
const wish = {
  entitlement: 'orders-read',
  justification: 'Customer asks where order 1001 is',
  recipientKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
};
const created: Reply = { status: 201, body: request };
const list: Reply = { status: 200, body: { items: [request] } };
const problem = (status: number, code: string, headers: Record<string, string> = {}): Reply => ({
  status,
  body: { type: `urn:countersign:problem:${code}`, title: code, status, code, detail: `It is ${code}.` },
  headers: { 'content-type': 'application/problem+json', ...headers },
});
const hangUp: Reply = (incoming) => incoming.socket.destroy();

let service: Awaited<ReturnType<typeof startFakeService>> | undefined;
afterEach(() => service?.stop());

/** The API of a service that answers so. */
async function apiThatAnswers(...replies: Reply[]) {
  service = await startFakeService(...replies);
  let tokens = 0;
  const api = apiOf({
    url: service.url,
    token: async () => {
      tokens += 1;
      return `token-${tokens}`;
    },
  });
  return { api, arrived: service.arrived };
}

describe('A call', () => {
  test('carries a fresh token and nothing that is not its own', async () => {
    const { api, arrived } = await apiThatAnswers(list);
    await api.list({ role: 'approver', status: 'pending' });
    await api.list();
    expect(arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/requests?role=approver&status=pending',
      'GET /v1/requests',
    ]);
    expect(arrived.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(
      arrived.every(({ headers }) => headers.cookie === undefined && headers.referer === undefined),
    ).toBe(true);
  });

  test('goes below the path of the service', async () => {
    service = await startFakeService(list);
    await apiOf({ url: `${service.url}/tools/access`, token: async () => 't' }).list();
    expect(service.arrived[0]?.path).toBe('/tools/access/v1/requests');
  });

  test('goes nowhere when there is no token', async () => {
    service = await startFakeService(list);
    const api = apiOf({ url: service.url, token: () => Promise.reject(new Error('Not signed in.')) });
    await expect(api.list()).rejects.toThrow('Not signed in.');
    expect(service.arrived).toEqual([]);
  });

  test.each(['', ' ', 'not a token', 'a\r\nx-other: b', 'žeton'])(
    'goes nowhere with the token “%s”',
    async (token) => {
      service = await startFakeService(list);
      const error = await errorOf(apiOf({ url: service.url, token: async () => token }).list());
      expect(error).toMatchObject({ status: 401, code: 'not_signed_in' });
      expect(String(error)).toMatch(/There is no token|What was given as a token is none/);
      expect(service.arrived).toEqual([]);
    },
  );

  test('takes a token as a file has it, with a line break at its end', async () => {
    service = await startFakeService(list);
    await apiOf({ url: service.url, token: async () => 'a.b-_c.d==\n' }).list();
    expect(service.arrived[0]?.headers.authorization).toBe('Bearer a.b-_c.d==');
  });

  test.each(['../entitlements', `${id}/revoke`, `${id}?x`, '', 'x y'])(
    'is not made for the id “%s”',
    async (word) => {
      const { api, arrived } = await apiThatAnswers(list);
      expect(await errorOf(api.load(word))).toMatchObject({ code: 'malformed' });
      expect(await errorOf(api.send(word, { path: 'return' }))).toMatchObject({ code: 'malformed' });
      expect(arrived).toEqual([]);
    },
  );

  test('ends when it is given up', async () => {
    const { api } = await apiThatAnswers(() => {});
    const giveUp = new AbortController();
    const loading = errorOf(api.load(id, { signal: giveUp.signal }));
    setTimeout(() => giveUp.abort(new Error('No longer needed.')), 50);
    expect(await loading).toEqual(new Error('No longer needed.'));
  });

  test('takes no token elsewhere', async () => {
    const elsewhere = await startFakeService(list);
    const { api } = await apiThatAnswers({
      status: 307,
      headers: { location: `${elsewhere.url}/v1/requests` },
    });
    expect(await errorOf(api.list())).toBeInstanceOf(UnreadableAnswerError);
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.stop();
  });
});

describe('A refusal', () => {
  test('says what the problem document says, and is not asked again', async () => {
    const { api, arrived } = await apiThatAnswers(problem(403, 'not_eligible'));
    const error = await errorOf(api.create(wish));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 403, code: 'not_eligible', message: 'It is not_eligible.' });
    expect(arrived).toHaveLength(1);
  });

  test('names the status of the request, where it is about that', async () => {
    const { api } = await apiThatAnswers({
      status: 409,
      body: { code: 'not_active', detail: 'It is pending.', requestStatus: 'pending' },
    });
    expect(await errorOf(api.sealedSession(id))).toMatchObject({
      code: 'not_active',
      requestStatus: 'pending',
    });
  });

  test('without a problem document is one too', async () => {
    const { api } = await apiThatAnswers({ status: 403, body: '<html>Forbidden by a proxy</html>' });
    expect(await errorOf(api.list())).toMatchObject({ status: 403, code: 'internal' });
  });
});

describe('A failure that may pass', () => {
  test.each([
    ['an error of the service', problem(500, 'internal')],
    ['an error of the gateway', problem(504, 'timed_out')],
    ['no evidence', problem(503, 'no_evidence')],
    ['too many calls', problem(429, 'too_many', { 'retry-after': '0' })],
    ['a connection that breaks', hangUp],
  ])('is not one: %s, twice', async (_, failure) => {
    const { api, arrived } = await apiThatAnswers(failure, failure, list);
    expect((await api.list()).items).toHaveLength(1);
    expect(arrived).toHaveLength(3);
  });

  test('is given up after four attempts', async () => {
    const { api, arrived } = await apiThatAnswers(hangUp);
    const error = await errorOf(api.entitlements());
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ message: `Countersign does not answer at ${service?.url}.` });
    expect(arrived).toHaveLength(4);
  });

  test('makes no second request of one, whatever got lost', async () => {
    const { api, arrived } = await apiThatAnswers(hangUp, problem(502, 'bad_gateway'), created);
    expect(await api.create(wish)).toMatchObject({ id });
    const keys = arrived.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[\w-]{36}$/);
    expect(new Set(arrived.map(({ body }) => body)).size).toBe(1);
  });

  test('has another key for another request, unless the caller says it is the same', async () => {
    const { api, arrived } = await apiThatAnswers(created);
    await api.create(wish);
    await api.create(wish);
    await api.create(wish, 'mine');
    const keys = arrived.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  test.each([
    ['a decision', { path: 'decision', body: { decision: 'deny' } }],
    ['a revocation', { path: 'revoke', body: { reason: 'left' } }],
    ['an early end', { path: 'return' }],
  ] as const)('does not repeat %s: it may have been done', async (_, command) => {
    const { api, arrived } = await apiThatAnswers(problem(500, 'internal'), created);
    expect(await errorOf(api.send(id, command))).toMatchObject({ status: 500 });
    expect(arrived).toHaveLength(1);
  });

  test('repeats whatever was turned away before it was done', async () => {
    const { api, arrived } = await apiThatAnswers(problem(429, 'too_many', { 'retry-after': '0' }), created);
    await api.send(id, { path: 'return' });
    expect(arrived).toHaveLength(2);
  });

  test('waits as long as the service says', async () => {
    const { api } = await apiThatAnswers(problem(429, 'too_many', { 'retry-after': '1' }), list);
    const began = performance.now();
    await api.list();
    expect(performance.now() - began).toBeGreaterThan(950);
  });

  test('does not wait a quarter of an hour, and says how long it would be', async () => {
    const { api, arrived } = await apiThatAnswers(
      problem(429, 'too_many_reminders', { 'retry-after': '900' }),
    );
    expect(await errorOf(api.send(id, { path: 'remind' }))).toMatchObject({
      code: 'too_many_reminders',
      retryAfter: 900_000,
    });
    expect(arrived).toHaveLength(1);
  });
});

describe('An answer', () => {
  test('may have fields of a later version', async () => {
    const { api } = await apiThatAnswers({ status: 201, body: { ...request, mood: 'good' } });
    expect(await api.create(wish)).toMatchObject({ id, mood: 'good' });
  });

  test.each([
    ['lacks a field', { items: [{ ...request, createdAt: undefined }] }, 'items.0.createdAt'],
    ['has an unknown status', { items: [{ ...request, status: 'paused' }] }, 'items.0.status'],
    ['has an id that steers a terminal', { items: [{ ...request, id: '\u001b]0;x\u0007' }] }, 'items.0.id'],
    [
      'has a shell’s words for a name',
      { items: [{ ...request, entitlement: 'e$(id)' }] },
      'items.0.entitlement',
    ],
    ['has no duration', { items: [{ ...request, duration: '\u001b[31m1 hour' }] }, 'items.0.duration'],
    ['has no time', { items: [{ ...request, expiresAt: 'soon' }] }, 'items.0.expiresAt'],
    ['is another thing', '<html>Sign in to the hotel’s network</html>', 'all of it'],
  ])('that %s is of another version, or of something else', async (_, body, where) => {
    const { api, arrived } = await apiThatAnswers({ status: 200, body });
    const error = await errorOf(api.list());
    expect(error).toBeInstanceOf(UnreadableAnswerError);
    expect(String(error)).toContain('another version');
    expect(String(error)).toContain(where);
    expect(String(error)).not.toMatch(/hotel|paused|\$\(|\p{Cc}/u);
    expect(arrived).toHaveLength(1);
  });

  test('is of the request that was asked for', async () => {
    const other = { ...request, id: '01KANB1X00000000000000ABCE' };
    const detail = { account: { id: '111122223333', title: 'Production' }, role: 'arn', roles: [] };
    const inFull = { ...other, ...detail, permissions: [], invitations: [], history: [] };
    const { api } = await apiThatAnswers({ status: 200, body: inFull });
    expect((await api.load(other.id)).id).toBe(other.id);
    expect(await errorOf(api.load(id))).toBeInstanceOf(UnreadableAnswerError);
    expect(await errorOf(api.send(id, { path: 'return' }))).toBeInstanceOf(UnreadableAnswerError);
  });

  test('is read no further than an answer can be long, however small it was on the way', async () => {
    const packed = gzipSync(JSON.stringify({ items: [], padding: ' '.repeat(20_000_000) }));
    const { api } = await apiThatAnswers((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    expect(String(await errorOf(api.list()))).toContain('it is too long');
  });
});
