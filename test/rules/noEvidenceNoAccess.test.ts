import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type EventName, isUnbroken } from '#domain/history.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';
import { attestedOf, chainOf, targetSessionsOf } from './evidence.ts';
import { roleArn, withRole } from './roleClients.ts';
import {
  aPendingRequest,
  approve,
  aScheduledGrant,
  mailedToken,
  secondsFromNow,
  untilAudited,
  untilClosed,
} from './steps.ts';

let service: Service;
let table: RequestTable;
let restore = (): void => {};
beforeAll(async () => {
  service = await startService();
  table = requestTableOf(service);
});
afterEach(() => notaryIsBack());
afterAll(() => service.stop());

/** STS refuses the notary to everybody, for all events or for some. */
function notaryRefuses(...events: EventName[]): void {
  const Condition = { StringEquals: { 'aws:RequestTag/cs:event': events } };
  restore = withRole(service, roleArn('notary'), (definition) => ({
    ...definition,
    trustPolicy: {
      ...definition.trustPolicy,
      Statement: [
        ...definition.trustPolicy.Statement,
        { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', ...(events.length > 0 && { Condition }) },
      ],
    },
  }));
}

function notaryIsBack(): void {
  restore();
  restore = () => {};
}

const post = (user: string, id: string, command: string, body: object = {}) =>
  service.as(user).post(`/v1/requests/${id}/${command}`, body);

const noEvidence = { status: 503, body: { code: 'no_evidence' } };

const refusalsOf = (name: string): number =>
  service.server.aws
    .recordedCalls()
    .filter(
      ({ principal, errorCode }) =>
        principal === roleArn(name).split('/').at(-1) && errorCode === 'AccessDenied',
    ).length;

describe('No evidence, no access: while STS refuses the notary', () => {
  test('a request is not made, and nobody is asked to approve it', async () => {
    const listed = async () => (await service.as('dave').get('/v1/requests')).body.items;
    const before = [await listed(), service.server.aws.inbox().length];
    notaryRefuses('requested');
    const { answer } = await anOrdersRequest(service, {}, 'dave');
    expect(answer).toMatchObject(noEvidence);
    await service.advance('PT2M');
    expect([await listed(), service.server.aws.inbox().length]).toEqual(before);
  });

  test('an approval changes nothing, and the same token serves when STS is back', async () => {
    const { id } = await aPendingRequest(service, table);
    const before = await table.item(id);
    notaryRefuses('approved');
    expect(await approve(service, 'bob', id)).toMatchObject(noEvidence);
    expect(await table.item(id)).toEqual(before);
    expect(targetSessionsOf(service, id)).toEqual([]);
    notaryIsBack();
    expect((await approve(service, 'bob', id)).body.status).toBe('scheduled');
  });

  test('a session can be read by nobody until its issue is on record', async () => {
    const { id } = await aScheduledGrant(service, table, { startAt: secondsFromNow(60) });
    const before = refusalsOf('issueSession');
    notaryRefuses('issued');
    await service.advance('PT61S');
    await eventually('the notary to have been asked', async () => refusalsOf('issueSession') > before);
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).body.code).toBe('not_active');
    expect(JSON.stringify(await table.item(id))).not.toContain('jwe');
    notaryIsBack();
    await service.advance('PT2M');
    await untilStatus(service, 'alice', id, 'active');
    expect((await service.as('alice').get(`/v1/requests/${id}/credentials`)).status).toBe(200);
  });

  test('a grant that cannot be put on record for long fails, readably, and was never of use', async () => {
    const { id } = await aScheduledGrant(service, table, { startAt: secondsFromNow(60) });
    notaryRefuses('issued');
    const failed = await eventually('the workflow to give up', async () => {
      await service.advance('PT1M');
      const { body } = await service.as('alice').get(`/v1/requests/${id}`);
      return body.status === 'failed' && body;
    });
    expect(failed.reason).toMatch(/Something failed on our side/);
    expect(failed.history.map(({ event }: { event: string }) => event)).not.toContain('issued');
    expect(JSON.stringify(await table.item(id))).not.toContain('jwe');
  });

  test('a review does not count: the record stays, and the next break-glass stays blocked', async () => {
    const breakGlass = { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' };
    const { id } = await anOrdersRequest(service, breakGlass, 'bob');
    await untilStatus(service, 'bob', id, 'active');
    const before = await table.asleep(id);
    notaryRefuses('reviewed');
    const review = { verdict: 'justified', comment: 'The outage was real' };
    expect(await post('carol', id, 'review', review)).toMatchObject(noEvidence);
    expect(await table.load(id)).toEqual(before);
    expect((await anOrdersRequest(service, breakGlass, 'bob')).answer.body.code).toBe(
      'break_glass_unreviewed',
    );
    notaryIsBack();
    expect((await post('carol', id, 'review', review)).status).toBe(200);
  });

  const aGrant = async (): Promise<string> => {
    const { id } = await anActiveGrant(service, { duration: 'PT5M' });
    await table.asleep(id);
    return id;
  };
  const aPending = async (): Promise<string> => (await aPendingRequest(service, table)).id;

  /** What takes access away: how a request gets there, and what does it. */
  const endings: [
    event: EventName,
    status: string,
    make: () => Promise<string>,
    end: (id: string) => Promise<unknown>,
  ][] = [
    ['denied', 'denied', aPending, (id) => post('bob', id, 'decision', { decision: 'deny' })],
    ['cancelled', 'cancelled', aPending, (id) => post('alice', id, 'cancel')],
    ['expired', 'expired', aPending, () => service.advance('PT4H1M')],
    ['returned', 'ended', aGrant, (id) => post('alice', id, 'return')],
    ['revoked', 'revoked', aGrant, (id) => post('ada', id, 'revoke', { reason: 'Left the team' })],
    ['ended', 'ended', aGrant, () => service.advance('PT6M')],
    ['failed', 'failed', () => anAlteredGrant(service, table), () => service.advance('PT61S')],
  ];

  test.each(endings)(
    '%s still happens at once, and is on record as soon as STS is back',
    async (event, status, make, end) => {
      const id = await make();
      notaryRefuses();
      await end(id);
      await untilAudited(service, id, status);
      const { request } = await table.load(id);
      expect(request.history.find((entry) => entry.event === event)).not.toHaveProperty('notary');
      expect(attestedOf(service, id).map(({ tags }) => tags['cs:event'])).not.toContain(event);
      if (event === 'returned' || event === 'revoked')
        await eventually('the session to be denied', async () => (await table.load(id)).upkeep.deniedUntil);

      notaryIsBack();
      await service.advance('PT2M');
      await untilClosed(service, id);
      await expectStoryInTrail(id);
    },
  );
});

/** A grant whose record no longer is what was approved: it fails when it is to be issued. */
async function anAlteredGrant(of: Service, its: RequestTable): Promise<string> {
  const { id } = await aScheduledGrant(of, its, { startAt: secondsFromNow(60) });
  await its.edit(id, (stored) => {
    const terms = { ...stored.request.terms, justification: 'Approved by the board' };
    return { ...stored, request: { ...stored.request, terms } };
  });
  return id;
}

/** Who attests what: docs/architecture.md, rule 5. */
const attesters: Record<EventName, string[]> = {
  requested: ['requests'],
  approved: ['decisions'],
  denied: ['decisions', 'reconcile'],
  cancelled: ['requests', 'reconcile'],
  expired: ['notify-approvers', 'reconcile'],
  issued: ['issue-session'],
  returned: ['requests', 'reconcile'],
  revoked: ['decisions', 'reconcile'],
  ended: ['end-grant', 'reconcile'],
  failed: ['issue-session', 'end-grant', 'reconcile'],
  reviewed: ['decisions'],
  closed: ['end-grant', 'reconcile'],
};

/** Record and trail tell one story: every history entry is one link, no link is missing, and the last says so. */
async function expectStoryInTrail(id: string): Promise<void> {
  const { request } = await table.load(id);
  const { history, terms } = request;
  expect(isUnbroken(id, history)).toBe(true);
  const attested = attestedOf(service, id);
  for (const { event, hash, previous, by, notary } of history) {
    const [link, ...more] = attested.filter(({ accessKeyId }) => accessKeyId === notary);
    expect(more, event).toEqual([]);
    expect(link, event).toMatchObject({
      sourceIdentity: by,
      tags: {
        'cs:event': event,
        'cs:hash': hash,
        'cs:previous': previous,
        'cs:entitlement': terms.entitlement,
        'cs:catalogue': history[0]?.detail?.catalogue,
      },
    });
    const breakGlass = event === 'requested' && terms.breakGlass ? 'yes' : undefined;
    expect(link?.tags['cs:breakGlass'], event).toBe(breakGlass);
    expect(attesters[event].map((name) => `countersign-${name}`)).toContain(link?.caller);
  }
  // From the trail alone, as somebody reads it who has no access to the table.
  const chain = chainOf(attested).map(({ tags }) => tags);
  expect(chain.map((tags) => tags['cs:event'])).toEqual(history.map(({ event }) => event));
  expect(chain.at(-1)?.['cs:event']).toBe('closed');
  // One digest throughout; a record that was altered after its approval shows the digest of either.
  const digests = [...new Set(chain.map((tags) => tags['cs:digest']))];
  expect(digests).toHaveLength(request.status === 'failed' ? 2 : 1);
  expect(digests.at(-1)).toBe(request.digest);
}

describe('No evidence, no access: the trail alone tells', () => {
  test('the whole story of every kind of request, each link once, the last one closed', async () => {
    const bound = { ticket: 'INC-1001', duration: 'PT1H' };
    const { id: timed } = await anActiveGrant(service, bound);
    const { id: returned } = await anActiveGrant(service, bound);
    const { id: revoked } = await anActiveGrant(service);
    const { id: denied } = await aPendingRequest(service, table);
    const { id: cancelled } = await aPendingRequest(service, table);
    const { id: expired } = await aPendingRequest(service, table);
    const { id: failed } = { id: await anAlteredGrant(service, table) };
    const { id: byTwo } = await aScheduledGrant(service, table, {
      entitlement: 'orders-admin',
      approvers: ['bob', 'erin'],
      duration: 'PT5M',
      startAt: secondsFromNow(60),
    });
    const urgent = await anOrdersRequest(
      service,
      { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' },
      'carol',
    );
    await untilStatus(service, 'carol', urgent.id, 'active');
    await post('alice', returned, 'return');
    await post('ada', revoked, 'revoke', { reason: 'Left the team' });
    await post('bob', denied, 'decision', { decision: 'deny', comment: 'Use the report instead' });
    await post('alice', cancelled, 'cancel');
    for (const id of [timed, urgent.id]) await table.asleep(id);
    await service.advance('PT11M');
    await eventually(
      'the second session',
      async () => (await table.load(timed)).request.history.length === 4,
    );
    await untilStatus(service, 'carol', urgent.id, 'ended');
    await post('bob', urgent.id, 'review', { verdict: 'unjustified', comment: 'There was no outage' });
    await table.asleep(timed);
    await service.advance('PT4H');
    const all = [timed, returned, revoked, denied, cancelled, expired, failed, byTwo, urgent.id];
    for (const id of all) {
      await eventually(`the last link of ${id}`, async () => {
        await service.advance('PT1M');
        return (await table.load(id)).request.history.at(-1)?.event === 'closed';
      });
      await untilClosed(service, id);
      await expectStoryInTrail(id);
    }
  }, 60_000);

  test('for whom, on whose word and on which ticket each session was issued', async () => {
    const { id, request } = await anActiveGrant(service, { ticket: 'INC-1001' });
    const [session, ...more] = targetSessionsOf(service, id);
    expect(more).toEqual([]);
    expect(session).toMatchObject({
      caller: 'countersign-issue-session',
      roleArn: roleArn('orders-read', '111122223333'),
      sourceIdentity: 'alice@example.com',
      tags: {
        'cs:request': id,
        'cs:digest': request.digest,
        'cs:ticket': 'INC-1001',
        'cs:approver1': 'bob@example.com',
      },
    });
    const issued = attestedOf(service, id).filter(({ tags }) => tags['cs:event'] === 'issued');
    expect(issued).toHaveLength(1);
    expect(issued[0]?.tags).toMatchObject({
      'cs:digest': request.digest,
      'cs:ticket': 'INC-1001',
      'cs:start': request.startsAt,
      'cs:end': request.endsAt,
    });
    expect(session?.policy).toContain(`{"aws:CurrentTime":"${request.endsAt}"}`);
  });

  test('a change that lost a race from the one that took effect: nothing chains to it', async () => {
    const { id } = await aPendingRequest(service, table, { startAt: secondsFromNow(3_600) });
    const token = await mailedToken(service, 'bob', id);
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => post('bob', id, 'decision', { decision: 'approve', token })),
      post('carol', id, 'decision', { decision: 'deny' }),
      post('alice', id, 'cancel'),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    if ((await table.load(id)).request.status === 'scheduled')
      await post('ada', id, 'revoke', { reason: 'Only a race' });
    await untilClosed(service, id);
    await expectStoryInTrail(id);
  });
});
