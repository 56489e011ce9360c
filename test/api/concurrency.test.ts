import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, aRecipient, type Service, startService, untilStatus } from '../support/service.ts';
import { expectProblem, expectPromised } from './answers.ts';
import { catalogueFile } from './caseTables.ts';
import { approve, makers } from './namedRequests.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ catalogueFile });
}, 60_000);
afterAll(() => service.stop());

const times = <Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const done = (answers: Answer[]): Answer[] => answers.filter(({ status }) => status < 300);
const post = (user: string, id: string, verb: string, body: object = {}): Promise<Answer> =>
  service.as(user).post(`/v1/requests/${id}/${verb}`, body);

async function historyOf(id: string): Promise<string[]> {
  const { body } = await service.as('ada').get(`/v1/requests/${id}`);
  return body.history.map(({ event }: { event: string }) => event);
}

/** Everything that is not a success is a problem document about the state, never a failure of ours. */
function expectOnlyConflicts(answers: Answer[]): void {
  for (const answer of answers.filter(({ status }) => status >= 300)) {
    expectProblem(answer);
    expect(answer.status).toBe(409);
  }
}

describe('decisions at the same moment', () => {
  test('one approval sent ten times counts once', async () => {
    const id = await makers.pending(service);
    const token = await service.tokenFor('bob', id);
    const answers = await times(10, () => post('bob', id, 'decision', { decision: 'approve', token }));
    expect(done(answers)).toHaveLength(1);
    expectOnlyConflicts(answers);
    await untilStatus(service, 'alice', id, 'active');
    expect((await historyOf(id)).filter((event) => event === 'approved')).toHaveLength(1);
  });

  test('approve, deny and cancel: one of them wins, and the record says the same as the answers', async () => {
    const id = await makers.pending(service);
    const token = await service.tokenFor('bob', id);
    const answers = await Promise.all([
      post('bob', id, 'decision', { decision: 'approve', token }),
      post('carol', id, 'decision', { decision: 'deny' }),
      post('alice', id, 'cancel'),
      post('bob', id, 'decision', { decision: 'approve', token }),
      post('carol', id, 'decision', { decision: 'deny' }),
      post('alice', id, 'cancel'),
    ]);
    const [winner, ...others] = done(answers);
    expect(others).toEqual([]);
    expectOnlyConflicts(answers);
    const { body } = await service.as('alice').get(`/v1/requests/${id}`);
    const statuses: Record<string, string[]> = { scheduled: ['scheduled', 'active'] };
    expect(statuses[winner?.body.status] ?? [winner?.body.status]).toContain(body.status);
    expect(
      (await historyOf(id)).filter((event) => ['approved', 'denied', 'cancelled'].includes(event)),
    ).toHaveLength(1);
  });

  test('the approvals of two rules are both kept, and one grant comes of them', async () => {
    const id = await makers.halfApproved(service);
    const [carol, erin] = [await service.tokenFor('carol', id), await service.tokenFor('erin', id)];
    const answers = await Promise.all([
      post('carol', id, 'decision', { decision: 'approve', token: carol }),
      post('erin', id, 'decision', { decision: 'approve', token: erin }),
    ]);
    expectOnlyConflicts(answers);
    expect(answers[1]?.status).toBe(200);
    const request = await untilStatus(service, 'alice', id, 'active');
    expect(request.decisions.length).toBe(1 + done(answers).length);
    expect((await historyOf(id)).filter((event) => event === 'issued')).toHaveLength(1);
  });

  test('revoke and return: one of them ends the grant', async () => {
    const id = await makers.active(service);
    const answers = await times(6, (index) =>
      index % 2 ? post('ada', id, 'revoke', { reason: 'Left the team' }) : post('alice', id, 'return'),
    );
    expect(done(answers)).toHaveLength(1);
    expectOnlyConflicts(answers);
  });

  test('an approval and a revoke: whatever comes first, the end is the end', async () => {
    const id = await makers.pending(service);
    const [, revoked] = await Promise.all([approve(service, id), eventuallyRevoked(id)]);
    expect(revoked.body.status).toBe('revoked');
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
    expect((await historyOf(id)).at(-1)).not.toBe('issued');
  });

  /** Revokes as soon as there is something to revoke. */
  async function eventuallyRevoked(id: string): Promise<Answer> {
    for (;;) {
      const answer = await post('ada', id, 'revoke', { reason: 'At once' });
      if (answer.status === 200) return answer;
      expect(answer.body.code).toBe('wrong_state');
    }
  }
});

describe('one Idempotency-Key', () => {
  const aBody = async () => ({
    entitlement: 'orders-read',
    duration: 'PT1H',
    justification: 'Customer asks where order 1001 is',
    recipientKey: (await aRecipient()).recipientKey,
  });
  const ask = (user: string, body: object, key: string) =>
    service.as(user).post('/v1/requests', body, { 'idempotency-key': key });
  const idsOf = async (user: string): Promise<string[]> =>
    (await service.as(user).get('/v1/requests')).body.items.map(({ id }: { id: string }) => id);

  test('makes one request, however often and however fast it is sent', async () => {
    const body = await aBody();
    const known = await idsOf('dave');
    const answers = await times(10, () => ask('dave', body, 'once'));
    expectOnlyConflicts(answers);
    for (const answer of done(answers)) expect(answer.status).toBe(201);
    expect(new Set(done(answers).map((answer) => answer.body.id)).size).toBe(1);
    expect((await idsOf('dave')).length).toBe(known.length + 1);
  });

  test('answers the same request later, with what has become of it', async () => {
    const body = await aBody();
    const first = await ask('dave', body, 'later');
    await post('dave', first.body.id, 'cancel');
    const second = await ask('dave', { ...body, duration: 'PT60M' }, 'later');
    expect(second.status).toBe(201);
    expectPromised('POST /v1/requests', second);
    expect(second.body).toMatchObject({ id: first.body.id, status: 'cancelled' });
  });

  test('is of the caller alone', async () => {
    const body = await aBody();
    const [alices, daves] = [await ask('alice', body, 'shared'), await ask('dave', body, 'shared')];
    expect(alices.body.id).not.toBe(daves.body.id);
    expect(alices.body.requester.email).toBe('alice@example.com');
  });

  test('with two bodies at the same moment makes one request and refuses the other body', async () => {
    const [one, other] = [await aBody(), await aBody()];
    const answers = await Promise.all([ask('dave', one, 'two-bodies'), ask('dave', other, 'two-bodies')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(answers.find(({ status }) => status === 422)?.body.code).toBe('idempotency_key_reused');
  });
});

describe('break-glass at the same moment', () => {
  test('opens one grant for one person', async () => {
    const { recipientKey } = await aRecipient();
    const body = {
      entitlement: 'orders-admin',
      breakGlass: true,
      duration: 'PT10M',
      justification: 'The shop is down, again',
      recipientKey,
    };
    const answers = await times(6, () => service.as('carol').post('/v1/requests', body));
    expect(done(answers)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status >= 300))
      expect(answer.body.code).toBeOneOf(['break_glass_unreviewed', 'conflict']);
  });
});

describe('reminders', () => {
  test('go out once in a quarter of an hour, however many ask for them', async () => {
    const id = await makers.pending(service);
    const mailsToCarol = async () =>
      (await service.inbox()).filter((mail) => mail.requestId === id && mail.to.includes('carol@example.com'))
        .length;
    expect(await mailsToCarol()).toBe(1);
    // Instants have whole seconds: a reminder in the very second of the invitation is the invitation.
    await service.advance('PT2S');
    const answers = await times(8, (index) => post(index % 2 ? 'alice' : 'bob', id, 'remind'));
    expect(done(answers)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status >= 300)) {
      expectProblem(answer);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await expect.poll(mailsToCarol, { timeout: 10_000 }).toBe(2);
    await service.advance('PT15M1S');
    expect((await post('alice', id, 'remind')).status).toBe(200);
    await expect.poll(mailsToCarol, { timeout: 10_000 }).toBe(3);
  });
});
