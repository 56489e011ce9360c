import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogueFile } from '../api/caseTables.ts';
import { approve, makers } from '../api/namedRequests.ts';
import { type SignedService, startSignedService, type TokenSpec } from '../api/signedTokens.ts';
import { alterRecord } from '../api/tableAccess.ts';
import { type Answer, anActiveGrant, anOrdersRequest, eventually, untilStatus } from '../support/service.ts';
import { evidenceFor, ordersWith, sessionsFor } from './evidence.ts';

/*
 * What other systems got wrong, one number for each failure: here who gets a grant and for how long. The whole service
 * runs; nothing is replaced. Numbers 10 to 17 stand in peerSignals.test.ts, those that need a deploy in the middle (6 and
 * 18, and part of 12) in catalogueChanges.test.ts.
 */

let service: SignedService;
beforeAll(async () => {
  service = await startSignedService({ catalogueFile });
}, 60_000);
afterAll(() => service.stop());

/** Somebody signed in with a token as described. */
const holderOf = (spec: TokenSpec) => service.holderOf(spec);

const person = (address: string, subject: string = address): TokenSpec => ({
  claims: { email: address, sub: subject, name: null },
});
const decide = async (user: string, id: string, body: object): Promise<Answer> =>
  service.as(user).post(`/v1/requests/${id}/decision`, body);
const statusOf = async (id: string): Promise<string> =>
  (await service.as('trent').get(`/v1/requests/${id}`)).body.status;
const mailsOf = async (id: string) => (await service.inbox()).filter(({ requestId }) => requestId === id);

describe('1. A client-supplied field decides nothing', () => {
  test('1. A client-supplied field decides nothing: not the requester, the account, its label or what the approver reads', async () => {
    const posing = {
      'x-forwarded-user': 'ada@example.com',
      'x-amzn-oidc-identity': 'ada',
      'x-forwarded-for': '203.0.113.9',
      cookie: 'user=ada@example.com; role=admin',
    };
    const { body } = await anOrdersRequest(service);
    const alice = service.as('alice');
    const queried = await alice.post(
      '/v1/requests?requester=bob@example.com&approver=mallory@example.com',
      body,
    );
    expect([queried.status, queried.body.code]).toEqual([400, 'unknown_field']);
    const { body: made } = await alice.post('/v1/requests', body, posing);
    expect((await service.as('bob').get(`/v1/requests/${made.id}?account=Sandbox`)).status).toBe(400);
    const { body: shown } = await service.as('bob').get(`/v1/requests/${made.id}`);
    expect(shown).toMatchObject({
      requester: { email: 'alice@example.com' },
      account: { id: '111122223333', title: 'Production' },
      title: 'Read the orders table',
      role: 'arn:aws:iam::111122223333:role/countersign-orders-read',
      permissions: [expect.stringMatching(/^GetItem and Query in dynamodb on table\/orders/)],
    });
    await service.tokenFor('bob', made.id);
    const mail = (await mailsOf(made.id)).find(({ to }) => to.includes('bob@example.com'));
    expect(mail?.text).toContain('Production');
    expect(mail?.text).not.toContain('Sandbox');
  });

  test('1. A client-supplied field decides nothing: one that could is refused, and no request comes of it', async () => {
    const { body } = await anOrdersRequest(service);
    const before = (await service.as('alice').get('/v1/requests')).body.items.length;
    for (const field of [
      'approver',
      'status',
      'requiresApproval',
      'requester',
      'targetUser',
      'roleArn',
      'account',
      'accountLabel',
      'sessionPolicy',
    ])
      expect(
        (await service.as('alice').post('/v1/requests', { ...body, [field]: 'mallory@example.com' })).body
          .code,
      ).toBe('unknown_field');
    expect((await service.as('alice').get('/v1/requests')).body.items).toHaveLength(before);
  });
});

describe('2. The limits of one entitlement are its own', () => {
  test('2. The limits of one entitlement are its own: the longest duration of one does not leak to another', async () => {
    const { answer } = await anOrdersRequest(service, { entitlement: 'orders-glance', duration: 'PT5M1S' });
    expect(answer.body.code).toBe('duration_out_of_bounds');
  });

  test('2. The limits of one entitlement are its own: one without approval leaves the approval of the others standing', async () => {
    const free = await anOrdersRequest(service, { entitlement: 'orders-count', duration: 'PT1M' });
    const bound = await anOrdersRequest(service);
    expect([free.answer.body.status, bound.answer.body.status]).toEqual(['scheduled', 'pending']);
    await untilStatus(service, 'alice', free.id, 'active');
    expect(await statusOf(bound.id)).toBe('pending');
    expect(await sessionsFor(service, bound.id)).toEqual([]);
  });
});

describe('3. Nobody decides on their own request', () => {
  /** Not signed in, not allowed, or not even visible. */
  const refused = [401, 403, 404];

  /** bob, as he may also sign in. */
  const bobs: [name: string, spec: TokenSpec][] = [
    ['himself', { of: 'bob' }],
    ['an address of his that the catalogue lists', { of: 'robert' }],
    ['his address in capitals, from another account', person('BOB@EXAMPLE.COM')],
    ['his address in full-width letters', person('ｂｏｂ@example.com')],
    ['his address with a tag', person('bob+approver@example.com')],
    [
      "his address in capitals with the approvers' groups in his token",
      { claims: { email: 'Bob@example.com', sub: 'b2', groups: ['orders-leads', 'security'] } },
    ],
  ];

  test.each(bobs)(
    '3. Nobody decides on their own request: bob as %s, with whatever token',
    async (_name, spec) => {
      const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' }, 'bob');
      const stolen = await service.tokenFor('carol', id);
      const again = holderOf(spec);
      for (const body of [
        { decision: 'approve', token: stolen },
        { decision: 'approve' },
        { decision: 'deny' },
      ])
        expect(refused).toContain((await again.post(`/v1/requests/${id}/decision`, body)).status);
      expect(refused).toContain((await again.post(`/v1/requests/${id}/revoke`, { reason: 'Mine' })).status);
      expect(await statusOf(id)).toBe('pending');
      const invited = (await mailsOf(id))
        .filter(({ approvalToken }) => approvalToken)
        .flatMap(({ to }) => to);
      expect(invited.filter((to) => /^bob|^robert/.test(to))).toEqual([]);
    },
  );

  test('3. Nobody decides on their own request: one person under two addresses counts once over two rules', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' });
    await approve(service, id, 'bob');
    for (const spec of [person('BOB@example.com', 'b3'), { of: 'robert' }])
      expect(
        (
          await holderOf(spec).post(`/v1/requests/${id}/decision`, {
            decision: 'approve',
            token: await service.tokenFor('bob', id),
          })
        ).status,
      ).toBeOneOf([...refused, 409]);
    expect(await statusOf(id)).toBe('pending');
  });

  test('3. Nobody decides on their own request: break-glass is reviewed by somebody else, under none of their addresses', async () => {
    const id = await makers.breakGlass(service);
    for (const [, spec] of bobs)
      expect(refused).toContain(
        (
          await holderOf(spec).post(`/v1/requests/${id}/review`, {
            verdict: 'justified',
            comment: 'It was right',
          })
        ).status,
      );
    expect((await service.as('bob').get(`/v1/requests/${id}`)).body.review).toBeUndefined();
  });
});

describe('4. What is over starts no grant', () => {
  test.each(['cancelled', 'denied', 'revoked', 'returned'] as const)(
    '4. What is over starts no grant: an approval after it was %s',
    async (state) => {
      const id = await makers[state](service);
      const before = (await sessionsFor(service, id)).length;
      const answer = await decide('carol', id, {
        decision: 'approve',
        token: await service.tokenFor('carol', id),
      });
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state']);
      await service.advance('PT2M');
      expect((await sessionsFor(service, id)).length).toBe(before);
    },
  );

  test('4. What is over starts no grant: an approval after the time for it ran out', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-glance', duration: 'PT1M' });
    const token = await service.tokenFor('bob', id);
    await service.advance('PT61S');
    // Whether the timer has come round or not: the clock decides.
    expect((await decide('bob', id, { decision: 'approve', token })).body.code).toBe('wrong_state');
    await untilStatus(service, 'alice', id, 'expired');
    expect(await sessionsFor(service, id)).toEqual([]);
  });

  test('4. What is over starts no grant: two approvals start one', async () => {
    const id = await makers.pending(service);
    const tokens = { bob: await service.tokenFor('bob', id), carol: await service.tokenFor('carol', id) };
    await Promise.all(
      Object.entries(tokens).map(([user, token]) => decide(user, id, { decision: 'approve', token })),
    );
    await untilStatus(service, 'alice', id, 'active');
    await service.advance('PT2S');
    expect(await sessionsFor(service, id)).toHaveLength(1);
    expect((await evidenceFor(service, id)).filter((event) => event === 'issued')).toHaveLength(1);
  });
});

describe('5. No access without its end', () => {
  test('5. No access without its end: the end is on record before the session is opened, and the session carries it', async () => {
    const { id, request } = await anActiveGrant(service, { duration: 'PT30M' });
    expect((await evidenceFor(service, id)).slice(0, 2)).toEqual(['requested', 'approved']);
    const [session, ...others] = await sessionsFor(service, id);
    expect(others).toEqual([]);
    const { Statement } = JSON.parse(session?.requestParameters.policy ?? '{}');
    expect(Statement[0]).toMatchObject({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': request.endsAt } },
    });
  });

  test('5. No access without its end: it ends although nothing of ours runs any more', async () => {
    const { id, credentials } = await anActiveGrant(service, { duration: 'PT2M' });
    const orders = ordersWith(service, credentials);
    // The workflow's token is gone, so nobody wakes it; the session ends by what STS was told.
    await alterRecord(service, id, (item) => delete item.taskToken);
    await service.advance('PT2M');
    expect(await orders.isRefused()).toBe(true);
    await untilStatus(service, 'alice', id, 'ended');
  });
});

describe('7. Two grants never share fate', () => {
  test('7. Two grants never share fate: neither when one is returned nor when one runs out', async () => {
    const [short, returned, lasting] = [
      await anActiveGrant(service, { duration: 'PT1M' }),
      await anActiveGrant(service),
      await anActiveGrant(service, { duration: 'PT2H' }),
    ];
    await service.as('alice').post(`/v1/requests/${returned.id}/return`);
    await eventually('the returned session to be refused', () =>
      ordersWith(service, returned.credentials).isRefused(),
    );
    expect(await ordersWith(service, short.credentials).read()).toBe('1001');
    await service.advance('PT61S');
    await untilStatus(service, 'alice', short.id, 'ended');
    expect(await ordersWith(service, short.credentials).isRefused()).toBe(true);
    expect(await ordersWith(service, lasting.credentials).read()).toBe('1001');
  });
});

describe('8. A status is true when it is shown', () => {
  test('8. A status is true when it is shown: "active" works at the first try', async () => {
    const { id, recipient } = await anOrdersRequest(service);
    await approve(service, id);
    for (let status = ''; status !== 'active'; )
      status = (await service.as('alice').get(`/v1/requests/${id}`)).body.status;
    const { status, body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
    expect(status).toBe(200);
    expect(await ordersWith(service, await recipient.open(body.jwe)).read()).toBe('1001');
  });

  test('8. A status is true when it is shown: "revoked" says when it is likely to be in effect, and nothing is handed out from then on', async () => {
    const { id, credentials } = await anActiveGrant(service);
    const { body } = await service.as('ada').post(`/v1/requests/${id}/revoke`, { reason: 'Left the team' });
    expect(body.status).toBe('revoked');
    expect(Date.parse(body.accessEndEstimatedAt)).toBeGreaterThan(Date.parse(body.closedAt));
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
    await eventually('the session to be refused', () => ordersWith(service, credentials).isRefused());
  });
});

describe('9. Opening a mail decides nothing', () => {
  test('9. Opening a mail decides nothing: whatever a scanner does with the links, the request stays pending and the link works', async () => {
    const { id } = await anOrdersRequest(service);
    const token = await service.tokenFor('bob', id);
    const mail = (await mailsOf(id)).find(({ to }) => to.includes('bob@example.com'));
    const links = [...`${mail?.text} ${mail?.html}`.matchAll(/https?:\/\/[^\s"<>]+/g)].map(([link]) => link);
    expect(links.some((link) => link.includes(`/approve#${id}.${token}`))).toBe(true);
    for (const link of new Set(links)) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) await fetch(link, { method });
      // A scanner that takes the fragment for a path or a query, and one that submits what it finds.
      await fetch(link.replace('#', '?'));
      await fetch(link.replace('#', '/'));
      await fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'approve', token }) });
    }
    const guess = await service.call('POST', `/v1/requests/${id}/decision`, {
      body: { decision: 'approve', token },
    });
    expect(guess.status).toBe(401);
    expect(mail?.html).not.toMatch(/<form|<script|<input/i);
    expect((await service.as('alice').get(`/v1/requests/${id}`)).body).toMatchObject({
      status: 'pending',
      decisions: [],
    });
    expect((await decide('bob', id, { decision: 'approve', token })).body.status).toBe('scheduled');
  });

  test("9. Opening a mail decides nothing: the token is no JWT, stands behind the #, and in the approvers' mails only", async () => {
    const { id } = await anOrdersRequest(service);
    const token = await service.tokenFor('bob', id);
    expect(token).toMatch(/^cs1\.[\w-]{43}$/);
    for (const { to, text, html } of await mailsOf(id)) {
      expect(`${text} ${html}`.includes(token)).toBe(to.includes('bob@example.com'));
      expect(`${text} ${html}`).not.toMatch(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/);
      expect(`${text} ${html}`).not.toMatch(/[?&/]cs1\./);
    }
  });
});
