import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../local/store.ts';
import { catalogueFile } from '../api/caseTables.ts';
import { approve, makers } from '../api/namedRequests.ts';
import { type SignedService, startSignedService, type TokenSpec } from '../api/signedTokens.ts';
import { alterRecord, credentialsOf, readRecord, taskTokenOf } from '../api/tableAccess.ts';
import hostile from '../cases/hostileText.json' with { type: 'json' };
import { type Answer, anActiveGrant, anOrdersRequest, type Caller, eventually, untilStatus } from '../support/service.ts';
import { evidenceFor, ordersWith, sessionsFor } from './evidence.ts';

/*
 * What other systems got wrong, one number for each failure. The whole service runs; nothing is replaced. Failures that
 * need a deploy in the middle (6 and 18, and part of 12) stand in catalogueChanges.test.ts.
 */

let service: SignedService;
beforeAll(async () => {
  service = await startSignedService({ catalogueFile });
}, 60_000);
afterAll(() => service.stop());

/** Somebody signed in with a token as described. */
function holderOf(spec: TokenSpec): Caller {
  const headers = async () => ({ authorization: await service.authorization(spec) });
  return {
    get: async (path) => service.call('GET', path, { headers: await headers() }),
    post: async (path, body = {}, more = {}) => service.call('POST', path, { body, headers: { ...(await headers()), ...more } }),
  };
}

const person = (address: string, subject: string = address): TokenSpec => ({ claims: { email: address, sub: subject, name: null } });
const everybody = ['alice', 'dave', 'bob', 'carol', 'erin', 'frank', 'ada', 'trent', 'mallory', 'robert'];
const decide = async (user: string, id: string, body: object): Promise<Answer> => service.as(user).post(`/v1/requests/${id}/decision`, body);
const statusOf = async (id: string): Promise<string> => (await service.as('trent').get(`/v1/requests/${id}`)).body.status;
const mailsOf = async (id: string) => (await service.inbox()).filter(({ requestId }) => requestId === id);

describe('1. A client-supplied field decides nothing', () => {
  test('1. A client-supplied field decides nothing: not the requester, the account, its label or what the approver reads', async () => {
    const posing = { 'x-forwarded-user': 'ada@example.com', 'x-amzn-oidc-identity': 'ada', 'x-forwarded-for': '203.0.113.9', cookie: 'user=ada@example.com; role=admin' };
    const { body } = await anOrdersRequest(service);
    const { body: made } = await service.as('alice').post('/v1/requests?requester=bob@example.com&approver=mallory@example.com', body, posing);
    const { body: shown } = await service.as('bob').get(`/v1/requests/${made.id}?account=Sandbox`);
    expect(shown).toMatchObject({
      requester: { email: 'alice@example.com' },
      account: { id: '111122223333', title: 'Production' },
      title: 'Read the orders table',
      role: 'arn:aws:iam::111122223333:role/countersign-orders-read',
      permissions: [expect.stringMatching(/^GetItem and Query in dynamodb on table\/orders/)],
    });
    const mail = (await service.tokenFor('bob', made.id)) && (await mailsOf(made.id)).find(({ to }) => to.includes('bob@example.com'));
    expect(mail?.text).toContain('Production');
    expect(mail?.text).not.toContain('Sandbox');
  });

  test('1. A client-supplied field decides nothing: one that could is refused, and no request comes of it', async () => {
    const { body } = await anOrdersRequest(service);
    const before = (await service.as('alice').get('/v1/requests')).body.items.length;
    for (const field of ['approver', 'status', 'requiresApproval', 'requester', 'targetUser', 'roleArn', 'account', 'accountLabel', 'sessionPolicy'])
      expect((await service.as('alice').post('/v1/requests', { ...body, [field]: 'mallory@example.com' })).body.code).toBe('unknown_field');
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
    ['his address in capitals with the approvers\' groups in his token', { claims: { email: 'Bob@example.com', sub: 'b2', groups: ['orders-leads', 'security'] } }],
  ];

  test.each(bobs)('3. Nobody decides on their own request: bob as %s, with whatever token', async (_name, spec) => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' }, 'bob');
    const stolen = await service.tokenFor('carol', id);
    const again = holderOf(spec);
    for (const body of [{ decision: 'approve', token: stolen }, { decision: 'approve' }, { decision: 'deny' }])
      expect(refused).toContain((await again.post(`/v1/requests/${id}/decision`, body)).status);
    expect(refused).toContain((await again.post(`/v1/requests/${id}/revoke`, { reason: 'Mine' })).status);
    expect(await statusOf(id)).toBe('pending');
    const invited = (await mailsOf(id)).filter(({ approvalToken }) => approvalToken).flatMap(({ to }) => to);
    expect(invited.filter((to) => /^bob|^robert/.test(to))).toEqual([]);
  });

  test('3. Nobody decides on their own request: one person under two addresses counts once over two rules', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' });
    await approve(service, id, 'bob');
    for (const spec of [person('BOB@example.com', 'b3'), { of: 'robert' }])
      expect((await holderOf(spec).post(`/v1/requests/${id}/decision`, { decision: 'approve', token: await service.tokenFor('bob', id) })).status).toBeOneOf([...refused, 409]);
    expect(await statusOf(id)).toBe('pending');
  });

  test('3. Nobody decides on their own request: break-glass is reviewed by somebody else, under none of their addresses', async () => {
    const id = await makers.breakGlass(service);
    for (const [, spec] of bobs)
      expect(refused).toContain((await holderOf(spec).post(`/v1/requests/${id}/review`, { verdict: 'justified', comment: 'It was right' })).status);
    expect((await service.as('bob').get(`/v1/requests/${id}`)).body.review).toBeUndefined();
  });
});

describe('4. What is over starts no grant', () => {
  test.each(['cancelled', 'denied', 'revoked', 'returned'] as const)('4. What is over starts no grant: an approval after it was %s', async (state) => {
    const id = await makers[state](service);
    const before = (await sessionsFor(service, id)).length;
    const answer = await decide('carol', id, { decision: 'approve', token: await service.tokenFor('carol', id) });
    expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state']);
    await service.advance('PT2M');
    expect((await sessionsFor(service, id)).length).toBe(before);
  });

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
    await Promise.all(Object.entries(tokens).map(([user, token]) => decide(user, id, { decision: 'approve', token })));
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
    expect(Statement[0]).toMatchObject({ Effect: 'Deny', Action: '*', Resource: '*', Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': request.endsAt } } });
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
    await eventually('the returned session to be refused', () => ordersWith(service, returned.credentials).isRefused());
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
    for (let status = ''; status !== 'active'; ) status = (await service.as('alice').get(`/v1/requests/${id}`)).body.status;
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
    const guess = await service.call('POST', `/v1/requests/${id}/decision`, { body: { decision: 'approve', token } });
    expect(guess.status).toBe(401);
    expect(mail?.html).not.toMatch(/<form|<script|<input/i);
    expect((await service.as('alice').get(`/v1/requests/${id}`)).body).toMatchObject({ status: 'pending', decisions: [] });
    expect((await decide('bob', id, { decision: 'approve', token })).body.status).toBe('scheduled');
  });

  test('9. Opening a mail decides nothing: the token is no JWT, stands behind the #, and in the approvers\' mails only', async () => {
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

describe("10. A requester's words stay words", () => {
  test.each(hostile)('10. A requester\'s words stay words: $name', async ({ text }) => {
    const marked = `Zqx7 ${text} zqX8 and some more`.slice(0, 1_000);
    const { answer, id } = await anOrdersRequest(service, { justification: marked });
    if (answer.status === 400) return expect(answer.body.code).toBe('malformed');
    await service.tokenFor('bob', id);
    for (const mail of await mailsOf(id)) {
      expect(mail.subject).toMatch(/^[^\p{Cc}\p{Bidi_Control}]+$/u);
      expect(mail.subject).not.toMatch(/zqx7/i);
      expect(mail.html).not.toMatch(/<script|<img|<h1>Approved|evil\.example\/?"/i);
      expect(`${mail.text}${mail.html}`).not.toMatch(/[\p{Bidi_Control}\u200b\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
    }
    // Neither in what machines read nor where a terminal would show it.
    expect(service.server.logs().join('\n')).not.toMatch(/zqx7/i);
    expect(JSON.stringify(await service.trail())).not.toMatch(/zqx7/i);
    expect(JSON.stringify((await service.call('GET', '/_local/events')).body)).not.toMatch(/zqx7/i);
  });

  test("10. A requester's words stay words: every log line is one line of JSON", async () => {
    const lines = service.server.logs().map((line) => line.replace(/^\w+: /, ''));
    expect(lines.length).toBeGreaterThan(10);
    // Lambda itself writes a line for what a function throws: the authorizer's word for a stranger.
    for (const line of lines) expect(line).toMatch(/^(Invoke Error )?\{.*\}$/);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('11. A callback proves nothing', () => {
  const workflowWith = async (role: string) =>
    new SFNClient({ region: 'us-east-1', endpoint: service.server.awsUrl, maxAttempts: 1, credentials: await credentialsOf(service, role) });

  test('11. A callback proves nothing: a forged "issue" on an undecided request opens no session', async () => {
    const id = await makers.pending(service);
    const forger = await workflowWith('countersign-decisions');
    const first = await taskTokenOf(service, id);
    await forger.send(new SendTaskSuccessCommand({ taskToken: first, output: JSON.stringify({ next: 'issue' }) }));
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
      await expect(replayer.send(new SendTaskSuccessCommand({ taskToken: used, output: JSON.stringify({ next }) }))).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(replayer.send(new SendTaskFailureCommand({ taskToken: used }))).rejects.toMatchObject({ name: expect.stringMatching(/AccessDenied|TaskTimedOut/) });
    expect(await statusOf(id)).toBe('active');
    expect(await sessionsFor(service, id)).toHaveLength(1);
  });

  test('11. A callback proves nothing: the requester\'s own decision page, sent twice, decides once', async () => {
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
    for (const user of ['bob', 'carol', 'erin', 'frank']) expect(await service.tokenFor(user, id)).toMatch(/^cs1\./);
  });
});

describe('13. Secrets are nowhere in the clear', () => {
  test('13. Secrets are nowhere in the clear: a secret key is found in no sink, an approval token in its mail and in no answer', async () => {
    const { id, credentials, sealed } = await anActiveGrant(service);
    const token = await service.tokenFor('bob', id);
    const record = JSON.stringify(await readRecord(service, id));
    const answers = await Promise.all(
      everybody.flatMap((user) => [`/v1/requests/${id}`, `/v1/requests/${id}/credentials`, '/v1/requests?role=approver', '/v1/requests'].map(async (path) => (await service.as(user).get(path)).body)),
    );
    const store = openStore(`${service.dataDirectory}/countersign.sqlite`);
    const executions = ['states/executions', 'states/history', 'states/tokens'].flatMap((table) => store.table(table).entries());
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
  const ann = holderOf({ claims: { email: 'ann@example.com', sub: 'ann', groups: ['orders-team'] } });
  const anna = holderOf({ claims: { email: 'anna@example.com', sub: 'anna', groups: ['orders-team'] } });
  const ask = async (who: Caller) => {
    const { body } = await anOrdersRequest(service);
    return (await who.post('/v1/requests', body)).body.id;
  };

  test('14. ann is not anna: neither sees, cancels or collects what the other asked for', async () => {
    const [anns, annas] = [await ask(ann), await ask(anna)];
    expect((await ann.get('/v1/requests')).body.items.map(({ id }: { id: string }) => id)).toEqual([anns]);
    expect((await anna.get('/v1/requests')).body.items.map(({ id }: { id: string }) => id)).toEqual([annas]);
    for (const [who, id] of [[ann, annas], [anna, anns]] as const) {
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
      records.filter(({ eventName, userIdentity }) => eventName === 'GetItem' && String(Object(userIdentity).arn).endsWith(`/${id}`)).map(({ requestParameters }) => JSON.stringify(requestParameters));
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
    expect([answer.status, (await who.get('/v1/entitlements')).body.items.length]).toEqual(mayAsk ? [201, 1] : [403, 0]);
  });
});

describe('16. What failed is seen, and tried again', () => {
  test('16. What failed is seen, and tried again: an invitation that bounced shows on the request and in a mail to the requester', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-far' });
    const invitation = await eventually('the bounce', async () => {
      const { invitations } = (await service.as('alice').get(`/v1/requests/${id}`)).body;
      return invitations.find(({ failed }: { failed?: string }) => failed);
    });
    expect(invitation).toMatchObject({ email: 'bounce@simulator.amazonses.com', failed: 'The mail bounced.' });
    await eventually('a mail to alice', async () => (await mailsOf(id)).some(({ to, subject }) => to.includes('alice@example.com') && subject.includes('Not delivered')));
    await approve(service, id, 'carol');
    await untilStatus(service, 'alice', id, 'active');
  });

  test('16. What failed is seen, and tried again: a revoke whose signal was lost is carried out all the same', async () => {
    const { id, credentials } = await anActiveGrant(service);
    await alterRecord(service, id, (item) => delete item.taskToken);
    expect((await service.as('ada').post(`/v1/requests/${id}/revoke`, { reason: 'Left the team' })).body.status).toBe('revoked');
    expect(await ordersWith(service, credentials).isRefused()).toBe(false);
    await service.advance('PT1M');
    await eventually('the session to be refused', () => ordersWith(service, credentials).isRefused());
    await eventually('the last link of the evidence', async () => (await evidenceFor(service, id)).at(-1) === 'closed');
  });
});

describe('17. One Idempotency-Key is one request', () => {
  test('17. One Idempotency-Key is one request: with another body it is refused, and nothing is made or put on record', async () => {
    const { body } = await anOrdersRequest(service);
    const ask = (over: object) => service.as('dave').post('/v1/requests', { ...body, ...over }, { 'idempotency-key': 'peer-17' });
    const first = await ask({});
    const again = await ask({});
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    const count = (await service.trail()).length;
    for (const over of [{ duration: 'PT2H' }, { entitlement: 'orders-admin' }, { justification: 'Quite another reason, really' }])
      expect((await ask(over)).body.code).toBe('idempotency_key_reused');
    expect((await service.as('dave').get('/v1/requests')).body.items).toHaveLength(1);
    expect((await evidenceFor(service, first.body.id)).filter((event) => event === 'requested')).toHaveLength(1);
    expect((await service.trail()).slice(count).filter(({ eventName }) => eventName === 'AssumeRole')).toEqual([]);
  });
});
