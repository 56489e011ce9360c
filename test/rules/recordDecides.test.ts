import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnbroken } from '#domain/history.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf, serviceAccount } from '../support/table.ts';
import { targetSessionsOf } from './evidence.ts';
import { type Clients, clientsOf, outcomeOf, without } from './roleClients.ts';
import {
  aPendingRequest,
  approve,
  aScheduledGrant,
  loseExecution,
  secondsFromNow,
  startExecution,
  wakeWith,
} from './steps.ts';

let service: Service;
let table: RequestTable;
let requests: Clients;
beforeAll(async () => {
  service = await startService();
  table = requestTableOf(service);
  requests = await clientsOf(service, 'requests');
});
afterAll(() => service.stop());

const eventsOf = async (id: string): Promise<string[]> =>
  (await table.load(id)).request.history.map(({ event }) => event);

const countOf = (events: readonly string[], wanted: string): number =>
  events.filter((event) => event === wanted).length;

const post = (user: string, id: string, command: string, body: object = {}) =>
  service.as(user).post(`/v1/requests/${id}/${command}`, body);

/** Runs past what `reconcile` gives a signal before it takes it for lost. */
const untilReconciled = (): Promise<void> => service.advance('PT2M');

describe('The record decides; Step Functions only waits: a callback', () => {
  test('that says "issue" to a pending request issues nothing', async () => {
    const { id, upkeep } = await aPendingRequest(service, table);
    await wakeWith(requests, upkeep.taskToken, { next: 'issue' });
    const { request } = await table.asleep(id, upkeep.taskToken);
    expect(request.status).toBe('pending');
    expect(await eventsOf(id)).toEqual(['requested']);
    expect(targetSessionsOf(service, id)).toEqual([]);
  });

  test('that says "hold" keeps a pending request from nothing: it is approved and issued all the same', async () => {
    const { id, upkeep, version } = await aPendingRequest(service, table);
    await wakeWith(requests, upkeep.taskToken, { next: 'hold', seconds: 9_999_999, version });
    await table.asleep(id, upkeep.taskToken);
    expect(targetSessionsOf(service, id)).toEqual([]);
    expect((await approve(service, 'bob', id)).status).toBe(200);
    await untilStatus(service, 'alice', id, 'active');
  });

  test.each([
    ['nothing at all', {}],
    ['a step there is not', { next: 'approve', approved: true }],
    ['"hold" without saying how long', { next: 'hold' }],
  ])('that says %s gives nothing: the request fails, and says so', async (_, answer) => {
    const { id, upkeep } = await aPendingRequest(service, table);
    await wakeWith(requests, upkeep.taskToken, answer);
    const failed = await untilStatus(service, 'alice', id, 'failed');
    expect(failed.reason).toMatch(/Something failed on our side/);
    expect(targetSessionsOf(service, id)).toEqual([]);
  });

  test('that says "notify", "issue" or "end" to an active grant neither issues another session nor ends it', async () => {
    const { id } = await anActiveGrant(service);
    for (const next of ['notify', 'issue']) {
      const { upkeep } = await table.asleep(id);
      await wakeWith(requests, upkeep.taskToken, { next });
      await table.asleep(id, upkeep.taskToken);
    }
    await loseExecution(service, await table.load(id));
    expect(await eventsOf(id)).toEqual(['requested', 'approved', 'issued']);
    expect(targetSessionsOf(service, id)).toHaveLength(1);
  });

  test('that is replayed after it was answered is refused, and changes nothing', async () => {
    const { id, upkeep } = await aPendingRequest(service, table, { startAt: secondsFromNow(3_600) });
    await approve(service, 'bob', id);
    const before = await table.asleep(id, upkeep.taskToken);
    for (const next of ['issue', 'end', 'notify'])
      expect(await outcomeOf(wakeWith(requests, upkeep.taskToken, { next }))).toBe('TaskTimedOut');
    expect(await table.load(id)).toEqual(before);
  });

  test('that comes after the end is refused, and a closed status never changes', async () => {
    const { id, upkeep } = await aPendingRequest(service, table);
    await post('bob', id, 'decision', { decision: 'deny' });
    await eventually('the last link', async () => (await eventsOf(id)).at(-1) === 'closed');
    expect(await outcomeOf(wakeWith(requests, upkeep.taskToken, { next: 'issue' }))).toBe('TaskTimedOut');
    await startExecution(requests, id, 7);
    await service.server.host.invoke('issueSession', { requestId: id });
    await service.server.host.invoke('endGrant', { requestId: id, failure: { error: 'Forged' } });
    expect((await table.load(id)).request.status).toBe('denied');
    expect(targetSessionsOf(service, id)).toEqual([]);
  });
});

describe('The record decides; Step Functions only waits: an execution', () => {
  test('that is lost while the request is pending is replaced when somebody has approved', async () => {
    const pending = await aPendingRequest(service, table);
    const { id } = pending;
    await loseExecution(service, pending);
    expect((await approve(service, 'bob', id)).body.status).toBe('scheduled');
    await untilReconciled();
    await untilStatus(service, 'alice', id, 'active');
    expect((await table.load(id)).upkeep.attempt).toBe(2);
  });

  test('that is lost while a grant is active is replaced before its session runs out', async () => {
    const { id } = await anActiveGrant(service);
    await loseExecution(service, await table.asleep(id));
    await service.advance('PT12M');
    await eventually('the second session', async () => countOf(await eventsOf(id), 'issued') === 2);
  });

  test('that never hears of the decision, because the signal got lost, is woken by reconcile', async () => {
    const { id } = await aPendingRequest(service, table);
    await table.edit(id, (stored) => ({
      ...stored,
      upkeep: { ...stored.upkeep, taskToken: 'A'.repeat(128) },
    }));
    expect((await approve(service, 'bob', id)).body.status).toBe('scheduled');
    await untilReconciled();
    await untilStatus(service, 'alice', id, 'active');
    expect(countOf(await eventsOf(id), 'issued')).toBe(1);
  });

  test('that could not be started is started by reconcile: the request stands all the same', async () => {
    const restore = without(service, 'requests', 'states:StartExecution');
    const { id, answer } = await anOrdersRequest(service);
    restore();
    expect(answer.status).toBe(201);
    expect((await table.load(id)).upkeep.taskToken).toBeUndefined();
    await untilReconciled();
    await table.asleep(id);
    expect((await approve(service, 'bob', id)).status).toBe(200);
    await untilStatus(service, 'alice', id, 'active');
  });

  test.each([
    ['a grant', 'alice', {}],
    ['break-glass', 'bob', { entitlement: 'orders-admin', breakGlass: true, duration: 'PT30M' }],
  ])(
    'that does not hear that %s was revoked is replaced: the live session is denied',
    async (_, user, body) => {
      const { id } =
        user === 'bob' ? await anOrdersRequest(service, body, user) : await anActiveGrant(service);
      await untilStatus(service, user, id, 'active');
      await table.asleep(id);
      const restore = without(service, 'decisions', 'states:SendTaskSuccess');
      expect((await post('ada', id, 'revoke', { reason: 'Left the team' })).status).toBe(200);
      restore();
      await untilReconciled();
      await eventually('the session to be denied', async () => (await table.load(id)).upkeep.deniedUntil, 5);
    },
  );

  test('that runs beside two others of the same request issues one session, once', async () => {
    const { id } = await aPendingRequest(service, table);
    await startExecution(requests, id, 2);
    await startExecution(requests, id, 3);
    await approve(service, 'bob', id);
    await untilStatus(service, 'alice', id, 'active');
    await table.asleep(id);
    await untilReconciled();
    expect(countOf(await eventsOf(id), 'issued')).toBe(1);
    expect((await table.load(id)).request).toMatchObject({ session: { sequence: 1 } });
  });

  test('whose step runs ten times at once leaves one session and one unbroken history', async () => {
    const { id } = await aScheduledGrant(service, table, { startAt: secondsFromNow(60) });
    await service.advance('PT61S');
    const steps = Array.from({ length: 10 }, () =>
      service.server.host.invoke('issueSession', { requestId: id }),
    );
    await Promise.allSettled(steps);
    await untilStatus(service, 'alice', id, 'active');
    const { request } = await table.asleep(id);
    expect(request.history.map(({ event }) => event)).toEqual(['requested', 'approved', 'issued']);
    expect(isUnbroken(id, request.history)).toBe(true);
  });
});

describe('The record decides; Step Functions only waits: of decisions at the same moment', () => {
  test('fifty, from two people who disagree, exactly one takes effect', async () => {
    const { id } = await aPendingRequest(service, table);
    const [token] = [await service.tokenFor('bob', id)];
    await service.token('carol');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        number % 2 === 0
          ? post('bob', id, 'decision', { decision: 'approve', token })
          : post('carol', id, 'decision', { decision: 'deny' }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    const { request } = await table.load(id);
    expect(request.decisions).toHaveLength(1);
    expect(isUnbroken(id, request.history)).toBe(true);
  });

  test.each([
    ['deny', (id: string) => post('carol', id, 'decision', { decision: 'deny' }), 'denied'],
    ['cancel', (id: string) => post('alice', id, 'cancel'), 'cancelled'],
  ])('an approval and a %s: one wins, and only the winner has consequences', async (_, other, status) => {
    for (let round = 0; round < 4; round += 1) {
      const { id } = await aPendingRequest(service, table);
      const token = await service.tokenFor('bob', id);
      const [approved, against] = await Promise.all([
        post('bob', id, 'decision', { decision: 'approve', token }),
        other(id),
      ]);
      expect([approved.status, against.status].sort()).toEqual([200, 409]);
      await untilStatus(service, 'alice', id, approved.status === 200 ? 'active' : status);
      expect(targetSessionsOf(service, id)).toHaveLength(approved.status === 200 ? 1 : 0);
    }
  });

  test('an approval and a revocation: once revoked, nothing is issued any more and nothing can be claimed', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id } = await aPendingRequest(service, table);
      const token = await service.tokenFor('bob', id);
      const [approved, revoked] = await Promise.all([
        post('bob', id, 'decision', { decision: 'approve', token }),
        eventually('a grant to revoke', async () => {
          const answer = await post('ada', id, 'revoke', { reason: 'Not today' });
          return answer.status === 200 && answer;
        }),
      ]);
      expect([approved.status, revoked.status]).toEqual([200, 200]);
      await eventually('the last link', async () => (await eventsOf(id)).at(-1) === 'closed');
      const events = await eventsOf(id);
      expect(events.slice(events.indexOf('revoked') + 1)).toEqual(['closed']);
      expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
      const { upkeep } = await table.load(id);
      expect(upkeep.deniedUntil).toBeDefined();
    }
  });

  test('five returns and five revocations of an active grant: it ends once', async () => {
    const { id } = await anActiveGrant(service);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, number) =>
        number % 2 === 0 ? post('alice', id, 'return') : post('ada', id, 'revoke', { reason: 'Enough' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const events = await eventsOf(id);
    expect(countOf(events, 'returned') + countOf(events, 'revoked')).toBe(1);
  });
});

describe('The record decides; Step Functions only waits: the deadline', () => {
  const fourHoursBut = (seconds: number): string => `PT3H59M${60 - seconds}S`;

  test('lets an approval through shortly before it, and the timer then takes nothing back', async () => {
    const { id, request } = await aPendingRequest(service, table, { duration: 'PT1H' });
    await service.advance(fourHoursBut(20));
    expect((await approve(service, 'bob', id)).status).toBe(200);
    await untilStatus(service, 'alice', id, 'active');
    await service.advance('PT21S');
    await untilReconciled();
    expect((await table.load(id)).request.status).toBe('active');
    expect(Date.now()).toBeGreaterThan(Date.parse(request.terms.expiresAt));
  });

  test('is the record’s: an approval that races it counts if it was decided before, and not otherwise', async () => {
    const { id, request } = await aPendingRequest(service, table);
    const token = await service.tokenFor('bob', id);
    const { expiresAt } = request.terms;
    const left = Date.parse(expiresAt) - Date.now();
    await service.advance(`PT${Math.floor(left / 1_000) - 2}S`);
    const answers = [];
    while (Date.now() < Date.parse(expiresAt) + 1_000)
      answers.push(await post('bob', id, 'decision', { decision: 'approve', token, duration: 'PT0S' }));
    // A duration of nothing is refused for its own sake until the deadline, and for the deadline's from then on.
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(
      new Set(['duration_not_shorter', 'wrong_state']),
    );
    const late = await post('bob', id, 'decision', { decision: 'approve', token });
    expect([late.status, late.body.code]).toEqual([409, 'wrong_state']);
    await untilStatus(service, 'alice', id, 'expired');
    expect(targetSessionsOf(service, id)).toEqual([]);
  });
});

describe('The record decides; an index is a hint:', () => {
  test('an approver’s list that was written into shows nothing to a stranger and lets them decide nothing', async () => {
    const { id } = await aPendingRequest(service, table);
    const hint = { pk: 'APPROVER#mallory@example.com', sk: id };
    await service.server.aws.seedItems(serviceAccount, 'countersign', [marshall(hint)]);
    const { body } = await service.as('mallory').get('/v1/requests?role=approver');
    expect(body.items).toEqual([]);
    expect((await service.as('mallory').get(`/v1/requests/${id}`)).status).toBe(404);
    const token = await service.tokenFor('bob', id);
    const decided = await post('mallory', id, 'decision', { decision: 'approve', token });
    expect(decided.status).toBe(404);
  });

  test('a record that was filed under another requester is still only its own requester’s', async () => {
    const own = await aPendingRequest(service, table, {}, 'dave');
    const { id } = await aPendingRequest(service, table);
    const { requesterKey } = await table.item(own.id);
    await table.put({ ...(await table.item(id)), requesterKey });
    const { body } = await service.as('dave').get('/v1/requests?role=requester');
    expect(body.items.map((item: { id: string }) => item.id)).toContain(own.id);
    expect(body.items.map((item: { id: string }) => item.id)).not.toContain(id);
    expect((await service.as('dave').get(`/v1/requests/${id}/credentials`)).status).toBe(404);
    expect((await service.as('alice').get(`/v1/requests/${id}`)).status).toBe(200);
  });

  test('a request that was taken out of the index of what is due is still issued and ended by its workflow', async () => {
    const { id } = await aScheduledGrant(service, table, { startAt: secondsFromNow(60), duration: 'PT1M' });
    const { dueAt: _, dueShard: __, ...hidden } = await table.item(id);
    await table.put(hidden);
    await service.advance('PT61S');
    await untilStatus(service, 'alice', id, 'active');
    await table.asleep(id);
    await service.advance('PT61S');
    await untilStatus(service, 'alice', id, 'ended');
  });

  test('a request that was marked as due is not moved before its time', async () => {
    const { id } = await aScheduledGrant(service, table);
    await table.put({ ...(await table.item(id)), dueAt: '2020-01-01T00:00:00Z' });
    await untilReconciled();
    expect((await table.load(id)).request.status).toBe('scheduled');
    expect(targetSessionsOf(service, id)).toEqual([]);
  });
});
