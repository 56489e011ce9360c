import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../local/store.ts';
import { catalogueFile } from '../api/caseTables.ts';
import { approve, makers } from '../api/namedRequests.ts';
import { type SignedService, startSignedService, type TokenSpec } from '../api/signedTokens.ts';
import { alterRecord, credentialsOf, readRecord, taskTokenOf } from '../api/tableAccess.ts';
import hostile from '../cases/hostileText.json' with { type: 'json' };
import {
  type Answer,
  anActiveGrant,
  anOrdersRequest,
  type Caller,
  eventually,
  untilStatus,
} from '../support/service.ts';
import { evidenceFor, ordersWith, sessionsFor } from './evidence.ts';

/*
 * What other systems got wrong, continued from peerFailures.test.ts: what people write, what comes back late or twice,
 * what goes out, and what a token claims.
 */

let service: SignedService;
beforeAll(async () => {
  service = await startSignedService({ catalogueFile });
}, 60_000);
afterAll(() => service.stop());

/** Somebody signed in with a token as described. */
const holderOf = (spec: TokenSpec) => service.holderOf(spec);

const everybody = ['alice', 'dave', 'bob', 'carol', 'erin', 'frank', 'ada', 'trent', 'mallory', 'robert'];
const decide = async (user: string, id: string, body: object): Promise<Answer> =>
  service.as(user).post(`/v1/requests/${id}/decision`, body);
const statusOf = async (id: string): Promise<string> =>
  (await service.as('trent').get(`/v1/requests/${id}`)).body.status;
const mailsOf = async (id: string) => (await service.inbox()).filter(({ requestId }) => requestId === id);

describe("10. A requester's words stay words", () => {
  /** By name of the text: what was answered, and the mails that it came to stand in. */
  let asked: Map<string, Awaited<ReturnType<typeof anOrdersRequest>>>;
  let mails: Awaited<ReturnType<typeof mailsOf>>;

  beforeAll(async () => {
    asked = new Map();
    for (const { name, text } of hostile)
      asked.set(
        name,
        await anOrdersRequest(service, { justification: `Zqx7 ${text} zqX8 and some more`.slice(0, 1_000) }),
      );
    mails = await eventually('the invitations', async () => {
      const inbox = await service.inbox();
      const made = [...asked.values()].filter(({ answer }) => answer.status === 201);
      return (
        made.every(({ id }) =>
          inbox.some((mail) => mail.requestId === id && mail.to.includes('bob@example.com')),
        ) && inbox
      );
    });
  }, 60_000);

  test.each(hostile)("10. A requester's words stay words: $name", ({ name }) => {
    const { answer, id } = asked.get(name) ?? {};
    expect([201, 400]).toContain(answer?.status);
    if (answer?.status === 400) return expect(answer.body.code).toBe('malformed');
    const about = mails.filter(({ requestId }) => requestId === id);
    expect(about).not.toEqual([]);
    for (const mail of about) {
      expect(mail.subject).toMatch(/^[^\p{Cc}\p{Bidi_Control}]+$/u);
      expect(mail.subject).not.toMatch(/zqx7/i);
      expect(mail.html).not.toMatch(/<script|<img|<h1>Approved|href="[^"]*evil/i);
      expect(`${mail.text}${mail.html}`).not.toMatch(/[^\P{Cc}\n]|[\p{Bidi_Control}\u200b\ufeff]/u);
    }
  });

  test("10. A requester's words stay words: they are in no log, no event and no record of the trail", async () => {
    const body = await eventually('the events', async () => {
      const answer = await service.call('GET', '/_local/events');
      return answer.body.events.length > 0 && answer.body;
    });
    for (const sink of [
      service.server.logs().join('\n'),
      JSON.stringify(body),
      JSON.stringify(await service.trail()),
    ]) {
      expect(sink.length).toBeGreaterThan(100);
      expect(sink).not.toMatch(/zqx7/i);
    }
  });

  test("10. A requester's words stay words: every log line is one line of JSON", async () => {
    const lines = service.server.logs().map((line) => line.replace(/^\w+: /, ''));
    expect(lines.length).toBeGreaterThan(10);
    // Lambda itself writes a line for what a function throws: the authorizer's word for a stranger.
    for (const line of lines) expect(line).toMatch(/^(Invoke Error )?\{.*\}$/);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('11. A callback proves nothing', () => {
  const workflowWith = async (role: string) =>
    new SFNClient({
      region: 'us-east-1',
      endpoint: service.server.awsUrl,
      maxAttempts: 1,
      credentials: await credentialsOf(service, role),
    });

  test('11. A callback proves nothing: a forged "issue" on an undecided request opens no session', async () => {
    const id = await makers.pending(service);
    const forger = await workflowWith('countersign-decisions');
    const first = await taskTokenOf(service, id);
    await forger.send(
      new SendTaskSuccessCommand({ taskToken: first, output: JSON.stringify({ next: 'issue' }) }),
    );
    await eventually('the workflow to wait again', async () => (await taskTokenOf(service, id)) !== first);
    expect(await statusOf(id)).toBe('pending');
    expect(await sessionsFor(service, id)).toEqual([]);
    await approve(service, id);
    await untilStatus(service, 'alice', id, 'active');
  });

  test('11. A callback proves nothing: a replayed one is refused like a late one, and changes nothing', async () => {
    const id = await makers.pending(service);
    const used = await taskTokenOf(service, id);
    await approve(service, id);
    await untilStatus(service, 'alice', id, 'active');
    const replayer = await workflowWith('countersign-decisions');
    for (const next of ['issue', 'end', 'notify'])
      await expect(
        replayer.send(new SendTaskSuccessCommand({ taskToken: used, output: JSON.stringify({ next }) })),
      ).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(replayer.send(new SendTaskFailureCommand({ taskToken: used }))).rejects.toMatchObject({
      name: expect.stringMatching(/AccessDenied|TaskTimedOut/),
    });
    expect(await statusOf(id)).toBe('active');
    expect(await sessionsFor(service, id)).toHaveLength(1);
  });

  test("11. A callback proves nothing: the requester's own decision page, sent twice, decides once", async () => {
    const id = await makers.pending(service);
    const token = await service.tokenFor('bob', id);
    expect((await decide('bob', id, { decision: 'approve', token })).status).toBe(200);
    expect((await decide('bob', id, { decision: 'approve', token })).body.code).toBe('already_decided');
  });
});

describe('12. Approvers who are gone are missed at once', () => {
  test('12. Approvers who are gone are missed at once: an empty group refuses the request instead of keeping it for ever', async () => {
    const { answer } = await anOrdersRequest(service, { entitlement: 'orders-orphaned' });
    expect([answer.status, answer.body.code]).toEqual([422, 'no_approver']);
    expect(answer.body.detail).toContain('platform team');
  });

  test('12. Approvers who are gone are missed at once: the members of every group are mailed, not only of the first', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' });
    for (const user of ['bob', 'carol', 'erin', 'frank'])
      expect(await service.tokenFor(user, id)).toMatch(/^cs1\./);
  });
});

describe('13. Secrets are nowhere in the clear', () => {
  test('13. Secrets are nowhere in the clear: a secret key is found in no sink, an approval token in its mail and in no answer', async () => {
    const { id, credentials, sealed } = await anActiveGrant(service);
    const token = await service.tokenFor('bob', id);
    const record = JSON.stringify(await readRecord(service, id));
    const answers = await Promise.all(
      everybody.flatMap((user) =>
        [
          `/v1/requests/${id}`,
          `/v1/requests/${id}/credentials`,
          '/v1/requests?role=approver',
          '/v1/requests',
        ].map(async (path) => (await service.as(user).get(path)).body),
      ),
    );
    const store = openStore(`${service.dataDirectory}/countersign.sqlite`);
    const executions = ['states/executions', 'states/history', 'states/tokens'].flatMap((table) =>
      store.table(table).entries(),
    );
    store.close();
    const sinks: Record<string, string> = {
      record,
      answers: JSON.stringify(answers),
      logs: service.server.logs().join('\n'),
      inbox: JSON.stringify(await service.inbox()),
      events: JSON.stringify((await service.call('GET', '/_local/events')).body),
      trail: JSON.stringify(await service.trail()),
      executions: JSON.stringify(executions),
    };
    for (const [name, text] of Object.entries(sinks)) {
      expect([name, text.length > 100]).toEqual([name, true]);
      expect([name, text.includes(credentials.SecretAccessKey)]).toEqual([name, false]);
      // CloudTrail's own AssumeRole record holds the session token, as on AWS.
      if (name !== 'trail') expect([name, text.includes(credentials.SessionToken)]).toEqual([name, false]);
      if (name !== 'inbox' && name !== 'record') expect([name, text.includes(token)]).toEqual([name, false]);
    }
    expect(answers.filter((answer) => JSON.stringify(answer).includes(sealed.jwe))).toHaveLength(1);
  });
});

describe('14. ann is not anna', () => {
  const called = (name: string): Caller =>
    holderOf({ claims: { email: `${name}@example.com`, sub: name, groups: ['orders-team'] } });
  const ask = async (who: Caller) => {
    const { body } = await anOrdersRequest(service);
    return (await who.post('/v1/requests', body)).body.id;
  };

  test('14. ann is not anna: neither sees, cancels or collects what the other asked for', async () => {
    const [ann, anna] = [called('ann'), called('anna')];
    const [anns, annas] = [await ask(ann), await ask(anna)];
    expect((await ann.get('/v1/requests')).body.items.map(({ id }: { id: string }) => id)).toEqual([anns]);
    expect((await anna.get('/v1/requests')).body.items.map(({ id }: { id: string }) => id)).toEqual([annas]);
    for (const [who, id] of [
      [ann, annas],
      [anna, anns],
    ] as const) {
      expect((await who.get(`/v1/requests/${id}`)).status).toBe(404);
      expect((await who.get(`/v1/requests/${id}/credentials`)).status).toBe(404);
      expect((await who.post(`/v1/requests/${id}/cancel`)).status).toBe(404);
    }
  });

  test("14. ann is not anna: the activity of one grant is told from the same person's other one", async () => {
    const [first, second] = [await anActiveGrant(service), await anActiveGrant(service)];
    await ordersWith(service, first.credentials).read('1001');
    await ordersWith(service, second.credentials).read('1002');
    const records = await service.trail();
    const readBy = (id: string) =>
      records
        .filter(
          ({ eventName, userIdentity }) =>
            eventName === 'GetItem' && String(Object(userIdentity).arn).endsWith(`/${id}`),
        )
        .map(({ requestParameters }) => JSON.stringify(requestParameters));
    expect(readBy(first.id)).toHaveLength(1);
    expect(readBy(first.id)[0]).toContain('1001');
    expect(readBy(second.id)).toHaveLength(1);
    expect(readBy(second.id)[0]).toContain('1002');
  });
});

describe('15. A claim is what it is', () => {
  const claims: [name: string, groups: unknown, mayAsk: boolean][] = [
    ['the group itself', ['team with spaces'], true],
    ['its words, each a group', ['team', 'with', 'spaces'], false],
    ['a list flattened to a text', '[team with spaces]', false],
    ['a text', 'team with spaces', false],
    ['a text with commas', 'other,team with spaces', false],
    ['a list in a list', [['team with spaces']], false],
    ['an object', { 'team with spaces': true }, false],
    ['another letter case', ['Team With Spaces'], false],
    ['brackets in a name', ['[team with spaces]'], false],
    ['a wildcard', ['*'], false],
  ];

  test.each(claims)('15. A claim is what it is: %s', async (_name, groups, mayAsk) => {
    const who = holderOf({ of: 'mallory', claims: { groups } });
    const { body } = await anOrdersRequest(service);
    const answer = await who.post('/v1/requests', { ...body, entitlement: 'spaced-group' });
    expect([answer.status, (await who.get('/v1/entitlements')).body.items.length]).toEqual(
      mayAsk ? [201, 1] : [403, 0],
    );
  });
});

describe('16. What failed is seen, and tried again', () => {
  test('16. What failed is seen, and tried again: an invitation that bounced shows on the request and in a mail to the requester', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-far' });
    const invitation = await eventually('the bounce', async () => {
      const { invitations } = (await service.as('alice').get(`/v1/requests/${id}`)).body;
      return invitations.find(({ failed }: { failed?: string }) => failed);
    });
    expect(invitation).toMatchObject({
      email: 'bounce@simulator.amazonses.com',
      failed: 'The mail bounced.',
    });
    await eventually('a mail to alice', async () =>
      (await mailsOf(id)).some(
        ({ to, subject }) => to.includes('alice@example.com') && subject.includes('Not delivered'),
      ),
    );
    await approve(service, id, 'carol');
    await untilStatus(service, 'alice', id, 'active');
  });

  test('16. What failed is seen, and tried again: a revoke whose signal was lost is carried out all the same', async () => {
    const { id, credentials } = await anActiveGrant(service);
    await alterRecord(service, id, (item) => delete item.taskToken);
    expect(
      (await service.as('ada').post(`/v1/requests/${id}/revoke`, { reason: 'Left the team' })).body.status,
    ).toBe('revoked');
    expect(await ordersWith(service, credentials).isRefused()).toBe(false);
    await service.advance('PT1M');
    await eventually('the session to be refused', () => ordersWith(service, credentials).isRefused());
    await eventually(
      'the last link of the evidence',
      async () => (await evidenceFor(service, id)).at(-1) === 'closed',
    );
  });
});

describe('17. One Idempotency-Key is one request', () => {
  test('17. One Idempotency-Key is one request: with another body it is refused, and nothing is made or put on record', async () => {
    const { body } = await anOrdersRequest(service);
    const ask = (over: object) =>
      service.as('dave').post('/v1/requests', { ...body, ...over }, { 'idempotency-key': 'peer-17' });
    const first = await ask({});
    const again = await ask({});
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    const count = (await service.trail()).length;
    for (const over of [
      { duration: 'PT2H' },
      { entitlement: 'orders-admin' },
      { justification: 'Quite another reason, really' },
    ])
      expect((await ask(over)).body.code).toBe('idempotency_key_reused');
    expect((await service.as('dave').get('/v1/requests')).body.items).toHaveLength(1);
    expect((await evidenceFor(service, first.body.id)).filter((event) => event === 'requested')).toHaveLength(
      1,
    );
    expect(
      (await service.trail()).slice(count).filter(({ eventName }) => eventName === 'AssumeRole'),
    ).toEqual([]);
  });
});
