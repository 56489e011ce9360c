import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Access } from '#client/access.ts';
import type { AccessRequestDetail } from '#client/answers.ts';
import { countersign, NoAccessError, RefusedError, type Wish } from '#client/countersign.ts';
import { refusalOf } from '../support/ordersTable.ts';
import { eventually, type Service, startService, untilStatus } from '../support/service.ts';
import { errorOf } from './errorOf.ts';
import { startFakeService } from './fakeService.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
}, 60_000);
afterAll(() => service.stop());

const wish: Wish = {
  entitlement: 'orders-read',
  duration: 'PT1H',
  justification: 'Customer asks where order 1001 is',
};

/** alice's tool asks. */
const asked = (over: Partial<Wish> = {}, url = service.server.baseUrl): Access =>
  countersign({ url, token: () => service.token('alice') }).request({
    ...wish,
    ...over,
  });

const decide = async (access: Access, decision: 'approve' | 'deny', words: object = {}): Promise<void> => {
  const id = await access.id;
  const token = await service.tokenFor('bob', id);
  const body = { decision, ...(decision === 'approve' && { token }), ...words };
  expect((await service.as('bob').post(`/v1/requests/${id}/decision`, body)).status).toBe(200);
};

async function granted(over: Partial<Wish> = {}, url?: string): Promise<Access> {
  const access = asked(over, url);
  await decide(access, 'approve');
  await access.active();
  return access;
}

/** The tool's own client of the AWS SDK, which renews as the SDK does. */
function ordersOf(access: Access) {
  const dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: service.server.awsUrl,
    maxAttempts: 1,
    credentials: access.credentials,
  });
  const order = new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } });
  return async () => (await dynamodb.send(order)).Item?.id?.S;
}

/** A network that can fail. */
async function aWayToTheService() {
  let cut = false;
  const way = await startFakeService(async (request, response) => {
    if (cut) return void request.socket.destroy();
    const { method, path, headers, body } = way.arrived.at(-1) ?? raise();
    const answer = await fetch(new URL(path, service.server.baseUrl), {
      method,
      headers: { authorization: headers.authorization ?? '' },
      body: body || null,
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  });
  return {
    url: way.url,
    stop: way.stop,
    cut(): void {
      cut = true;
    },
    mend(): void {
      cut = false;
    },
  };
}

const raise = (): never => {
  throw new RangeError('Nothing has arrived.');
};

describe('A tool that asks for access', () => {
  test('has credentials once somebody has approved, in one expression', async () => {
    const access = asked();
    const [credentials] = await Promise.all([access.credentials(), decide(access, 'approve')]);
    expect(credentials).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA/),
      secretAccessKey: expect.any(String),
      sessionToken: expect.any(String),
      expiration: expect.any(Date),
      accountId: '111122223333',
    });
    const { endsAt } = await access.status();
    expect(credentials.expiration.getTime()).toBeLessThanOrEqual(Date.parse(endsAt ?? ''));
    expect(await ordersOf(access)()).toBe('1001');
  });

  test('sees what happens while it waits, each change once', async () => {
    const access = asked();
    const seen: AccessRequestDetail[] = [];
    const waiting = access.active({ onChange: (request) => seen.push(request) });
    await decide(access, 'approve', { comment: 'Go ahead' });
    const active = await waiting;
    expect(seen[0]?.status).toBe('pending');
    expect(seen.at(-1)).toEqual(active);
    expect(active).toMatchObject({
      status: 'active',
      decisions: [{ decision: 'approve', comment: 'Go ahead' }],
    });
    expect(new Set(seen.map((request) => JSON.stringify(request))).size).toBe(seen.length);
  });

  test('can wait for the approval of what starts later', async () => {
    const startAt = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
    const access = asked({ startAt });
    const [request] = await Promise.all([access.approved(), decide(access, 'approve')]);
    expect(request).toMatchObject({ status: 'scheduled', startsAt: startAt });
    await access.end();
    expect((await access.status()).status).toBe('ended');
  });

  test('can give up waiting, and the request stays', async () => {
    const access = asked();
    const id = await access.id;
    const giveUp = new AbortController();
    const waiting = errorOf(access.active({ signal: giveUp.signal }));
    giveUp.abort(new Error('Enough.'));
    expect(await waiting).toEqual(new Error('Enough.'));
    expect((await service.as('alice').get(`/v1/requests/${id}`)).body.status).toBe('pending');
    await access.cancel();
  });

  test('hears why it is refused, from whatever it waits for', async () => {
    const access = asked({ justification: 'short' });
    for (const promise of [access.id, access.status(), access.credentials(), access.end()])
      expect(await errorOf(promise)).toMatchObject({ name: 'RefusedError', code: 'justification_too_short' });
  });

  test('is not brought down by a refusal that it does not wait for', async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', listen);
    const refused = asked({ entitlement: 'no-such-thing' });
    await errorOf(refused.status());
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unheard).toEqual([]);
    expect(await errorOf(refused.id)).toBeInstanceOf(RefusedError);
  });
});

describe('Access that comes to nothing', () => {
  test('says who denied it and why', async () => {
    const access = asked();
    const waiting = errorOf(access.credentials());
    await decide(access, 'deny', { comment: 'Use the \u202ereplica' });
    const error = await waiting;
    expect(error).toBeInstanceOf(NoAccessError);
    expect(error).toMatchObject({ requestStatus: 'denied', requestId: await access.id });
    expect(String(error)).toContain(
      'bob@example.com denied “Read the orders table”: “Use the replica”. Ask again if',
    );
  });

  test('says that it was withdrawn', async () => {
    const access = asked();
    const waiting = errorOf(access.active());
    await access.cancel();
    expect(await waiting).toMatchObject({ requestStatus: 'cancelled' });
    expect(await errorOf(access.credentials())).toMatchObject({ requestStatus: 'cancelled' });
  });

  test('says that nobody decided in time', async () => {
    const access = asked();
    await access.id;
    const waiting = errorOf(access.active());
    await service.advance('PT4H1M');
    expect(await waiting).toMatchObject({ requestStatus: 'expired', message: /^Nobody decided on/ });
  });

  test('says who took it back and why, and hands out nothing more', async () => {
    const access = await granted();
    const read = ordersOf(access);
    expect(await read()).toBe('1001');
    const id = await access.id;
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The customer is gone' });
    await untilStatus(service, 'alice', id, 'revoked');
    // What AWS denies meanwhile is denied; what is asked for next says why.
    await service.advance('PT14M');
    const error = await errorOf(read());
    expect(error).toMatchObject({ name: 'NoAccessError', requestStatus: 'revoked' });
    expect(String(error)).toContain(
      'bob@example.com took “Read the orders table” back: “The customer is gone”.',
    );
  });
});

describe('A grant that is longer than its sessions', () => {
  test('is used through all of them, and stops at its end', async () => {
    const access = await granted({ duration: 'PT30M' });
    const read = ordersOf(access);
    const sessions = new Set<string>();
    for (let minutes = 0; minutes < 30; minutes += 5) {
      expect(await read()).toBe('1001');
      const { accessKeyId, expiration } = await access.credentials();
      sessions.add(accessKeyId);
      expect(expiration.getTime()).toBeGreaterThan(Date.now());
      await service.advance('PT5M');
    }
    // Sessions of a quarter of an hour, renewed five minutes before their end.
    expect(sessions.size).toBeGreaterThan(2);
    expect(await errorOf(read())).toMatchObject({ name: 'NoAccessError', requestStatus: 'ended' });
  }, 60_000);

  test('goes on with the session there is while the service cannot be reached', async () => {
    const way = await aWayToTheService();
    const access = await granted({}, way.url);
    const first = await access.credentials();
    // The next one has been issued.
    await service.advance('PT11M');
    way.cut();
    expect(await access.credentials()).toBe(first);
    way.mend();
    await service.advance('PT10S');
    const second = await access.credentials();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    way.cut();
    await service.advance('PT15M');
    expect(await errorOf(access.credentials())).toMatchObject({ name: 'UnreachableError' });
    await way.stop();
  });

  test('has one session for all who ask at once', async () => {
    const access = await granted();
    const all = await Promise.all(Array.from({ length: 20 }, () => access.credentials()));
    expect(new Set(all).size).toBe(1);
  });

  test('ends early when it is no longer needed, and AWS refuses what was left of it', async () => {
    const access = await granted();
    const credentials = await access.credentials();
    const read = ordersOf(access);
    expect(await read()).toBe('1001');
    await access.end();
    await untilStatus(service, 'alice', await access.id, 'ended');
    expect(await eventually('AWS to refuse', () => refusalOf(read()))).toBe('AccessDeniedException');
    expect(await errorOf(access.credentials())).toMatchObject({
      name: 'NoAccessError',
      requestStatus: 'ended',
    });
    expect(credentials.expiration.getTime()).toBeGreaterThan(Date.now());
    // Once more does no harm.
    await access.end();
  });
});

test('Whoever has changed their mind withdraws an undecided request by ending it', async () => {
  const access = asked();
  await access.end();
  expect((await access.status()).status).toBe('cancelled');
});
