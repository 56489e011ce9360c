import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenedCredentials, ordersTable } from '../support/ordersTable.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** The production account as the requester's AWS SDK sees it. */
const production = (credentials: OpenedCredentials) => ordersTable(service.server.awsUrl, credentials);

const denied = { name: 'AccessDeniedException' };

const eventsOf = (request: { history: { event: string }[] }) => request.history.map(({ event }) => event);

describe('a request that is approved', () => {
  test('gives a session that works, is refused what was not asked for, and ends by itself', async () => {
    const { id, credentials, request } = await anActiveGrant(service, { duration: 'PT1M' });
    const orders = production(credentials);
    expect(await orders.read()).toBe('1001');
    await expect(orders.remove()).rejects.toMatchObject(denied);
    expect(credentials.Expiration).toBe(request.endsAt);

    await service.advance('PT61S');
    await expect(orders.read()).rejects.toMatchObject(denied);
    const ended = await untilStatus(service, 'alice', id, 'ended');
    expect(eventsOf(ended).slice(0, 4)).toEqual(['requested', 'approved', 'issued', 'ended']);
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
  });

  test('starts its clock at startAt when that lies later, and is refused before', async () => {
    const startAt = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
    const { id } = await anOrdersRequest(service, { startAt, duration: 'PT30M' });
    const token = await service.tokenFor('bob', id);
    const decided = await service
      .as('bob')
      .post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
    expect(decided.body).toMatchObject({ status: 'scheduled', startsAt: startAt });
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(409);

    await service.advance('PT1H1S');
    const active = await untilStatus(service, 'alice', id, 'active');
    expect(Date.parse(active.endsAt) - Date.parse(startAt)).toBe(30 * 60_000);
  });

  test('outlives one STS session: the next is issued before the last runs out', async () => {
    const { id, sealed, recipient } = await anActiveGrant(service, { duration: 'PT1H' });
    expect(sealed.sequence).toBe(1);
    await service.advance('PT11M');
    const next = await eventually('the second session', async () => {
      const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
      return body.sequence === 2 && body;
    });
    expect(next.grantEndsAt).toBe(sealed.grantEndsAt);
    expect(await production(await recipient.open(next.jwe)).read()).toBe('1001');
  });

  test('may be shortened by the approver, never lengthened', async () => {
    const { id } = await anOrdersRequest(service, { duration: 'PT1H' });
    const token = await service.tokenFor('bob', id);
    const longer = await service
      .as('bob')
      .post(`/v1/requests/${id}/decision`, { decision: 'approve', token, duration: 'PT2H' });
    expect([longer.status, longer.body.code]).toEqual([422, 'duration_not_shorter']);
    const shorter = await service
      .as('bob')
      .post(`/v1/requests/${id}/decision`, { decision: 'approve', token, duration: 'PT5M' });
    expect(Date.parse(shorter.body.endsAt) - Date.parse(shorter.body.startsAt)).toBe(5 * 60_000);
  });
});

describe('a request that is not granted', () => {
  test('is denied with a comment that reaches the requester, and needs no token for it', async () => {
    const { id } = await anOrdersRequest(service);
    const decided = await service
      .as('bob')
      .post(`/v1/requests/${id}/decision`, { decision: 'deny', comment: 'Use the report instead' });
    expect(decided.body.status).toBe('denied');
    await eventually('the notice', async () =>
      (await service.inbox()).some(
        (mail) =>
          mail.requestId === id &&
          mail.to.includes('alice@example.com') &&
          mail.text.includes('Use the report instead'),
      ),
    );
  });

  test('is cancelled by its requester', async () => {
    const { id } = await anOrdersRequest(service);
    expect((await service.as('alice').post(`/v1/requests/${id}/cancel`)).body.status).toBe('cancelled');
    expect((await service.as('alice').post(`/v1/requests/${id}/cancel`)).body.code).toBe('wrong_state');
  });

  test('is escalated after half an hour and expires when nobody decides in time', async () => {
    const { id } = await anOrdersRequest(service);
    await service.tokenFor('bob', id);
    await service.advance('PT31M');
    await service.tokenFor('erin', id);
    await service.advance('PT4H');
    const expired = await untilStatus(service, 'alice', id, 'expired');
    expect(eventsOf(expired)[1]).toBe('expired');
  });
});

describe('a reminder', () => {
  test('sends the invitations again, also in the second of the first, and then not for a while', async () => {
    const { id } = await anOrdersRequest(service);
    const token = await service.tokenFor('bob', id);
    const mails = async () =>
      (await service.inbox()).filter((mail) => mail.requestId === id && mail.to[0] === 'bob@example.com');
    expect((await service.as('alice').post(`/v1/requests/${id}/remind`)).status).toBe(200);
    await eventually('the second mail', async () => (await mails()).length === 2);
    expect((await mails())[1]?.approvalToken).toBe(token);
    const again = await service.as('alice').post(`/v1/requests/${id}/remind`);
    expect([again.status, again.body.code, again.headers.get('retry-after')]).toEqual([
      429,
      'too_many_reminders',
      '900',
    ]);
    await service.advance('PT31M');
    await service.tokenFor('erin', id);
    expect(await mails()).toHaveLength(2);
  });
});

describe('a grant that ends early', () => {
  test('when its requester returns it, the live session is refused within seconds', async () => {
    const { id, credentials } = await anActiveGrant(service);
    const orders = production(credentials);
    expect((await service.as('alice').post(`/v1/requests/${id}/return`)).body.status).toBe('ended');
    await eventually('the session to be denied', () =>
      orders.read().then(
        () => false,
        (error: Error) => error.name === denied.name,
      ),
    );
  });

  test('when an admin revokes it, the live session is refused and another grant of the role is not', async () => {
    const [revoked, other] = [await anActiveGrant(service), await anActiveGrant(service)];
    const answer = await service
      .as('ada')
      .post(`/v1/requests/${revoked.id}/revoke`, { reason: 'Left the team' });
    expect(answer.body.status).toBe('revoked');
    expect(Date.parse(answer.body.accessEndEstimatedAt)).toBeGreaterThan(Date.now());
    await eventually('the session to be denied', () =>
      production(revoked.credentials)
        .read()
        .then(
          () => false,
          (error: Error) => error.name === denied.name,
        ),
    );
    expect(await production(other.credentials).read()).toBe('1001');
  });
});

describe('an entitlement with two rules from two groups', () => {
  test('needs one approver of each', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' });
    const decide = async (user: string) =>
      service.as(user).post(`/v1/requests/${id}/decision`, {
        decision: 'approve',
        token: await service.tokenFor(user, id),
      });
    expect((await decide('bob')).body.status).toBe('pending');
    expect((await decide('carol')).body.status).toBe('pending');
    expect((await decide('erin')).body.status).toBe('scheduled');
    await untilStatus(service, 'alice', id, 'active');
  });
});

describe('break-glass', () => {
  test('is active at once, tells the approvers, and blocks the next until somebody else has reviewed it', async () => {
    const ask = () =>
      anOrdersRequest(service, { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' }, 'bob');
    const { id, answer } = await ask();
    expect(answer.status).toBe(201);
    await untilStatus(service, 'bob', id, 'active');
    expect((await ask()).answer.body.code).toBe('break_glass_unreviewed');
    await eventually('a mail to carol', async () =>
      (await service.inbox()).some((mail) => mail.requestId === id && mail.to.includes('carol@example.com')),
    );

    const review = { verdict: 'justified', comment: 'The outage was real' };
    expect((await service.as('bob').post(`/v1/requests/${id}/review`, review)).body.code).toBe('own_request');
    expect((await service.as('carol').post(`/v1/requests/${id}/review`, review)).body.review.verdict).toBe(
      'justified',
    );
    await service.advance('PT11M');
    const ended = await untilStatus(service, 'bob', id, 'ended');
    expect(eventsOf(ended)).toContain('reviewed');
    expect((await ask()).answer.status).toBe(201);
  });
});
