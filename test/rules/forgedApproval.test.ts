import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand } from '@aws-sdk/client-kms';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantWindow } from '#domain/grantWindow.ts';
import { chain, type HistoryEntry, type UnchainedEntry } from '#domain/history.ts';
import { recipientKeySchema } from '#domain/recipientKey.ts';
import { requestSealMessage } from '#domain/seals.ts';
import { requestDigest } from '#domain/terms.ts';
import type { Item, StoredRequest } from '../../lambdas/adapters/requestItem.ts';
import { ordersTable, refusalOf } from '../support/ordersTable.ts';
import {
  type Answer,
  anActiveGrant,
  anOrdersRequest,
  aRecipient,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf, serviceAccount } from '../support/table.ts';
import { attestedOf, targetSessionsOf } from './evidence.ts';
import { type Clients, clientsOf, outcomeOf, refused, roleArn } from './roleClients.ts';
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
let requests: Clients;
beforeAll(async () => {
  service = await startService();
  table = requestTableOf(service);
  requests = await clientsOf(service, 'requests');
});
afterAll(() => service.stop());

const post = (user: string, id: string, command: string, body: object = {}): Promise<Answer> =>
  service.as(user).post(`/v1/requests/${id}/${command}`, body);

const invitationsTo = (user: string, id: string) =>
  service.server.aws
    .inbox()
    .filter(({ to, tags }) => to.includes(`${user}@example.com`) && tags['countersign-request'] === id);

const attestedEvents = (id: string) => attestedOf(service, id).map(({ tags }) => tags['cs:event']);

/** The record was refused when it came to issuing: nobody assumed a target role in its name. */
async function expectRefused(id: string, reason = 'record_altered'): Promise<void> {
  expect((await untilAudited(service, id, 'failed')).reason).toBe(reason);
  expect(targetSessionsOf(service, id)).toEqual([]);
  expect(JSON.stringify(await table.item(id))).not.toContain('"jwe"');
}

/** Has the invitations sent again, with tokens for what the record says now; answers bob's. */
async function remindedToken(id: string): Promise<string> {
  const before = invitationsTo('bob', id).length;
  // In the second of the invitation itself there is nobody to remind.
  await service.advance('PT2S');
  expect((await post('alice', id, 'remind')).status).toBe(200);
  await eventually('another mail to bob', async () => invitationsTo('bob', id).length > before);
  return mailedToken(service, 'bob', id);
}

describe('What is approved is what is issued: a writer of the whole table, with two requests', () => {
  test('cannot have one approved in the name of the other: neither is issued', async () => {
    const startAt = secondsFromNow(3_600);
    const wanted = await aPendingRequest(service, table, { duration: 'PT8H', startAt }, 'dave');
    // Made in another second, or their deadlines were the same and nothing were forged.
    await service.advance('PT2S');
    const shown = await aPendingRequest(service, table, { duration: 'PT15M', startAt });

    const { invitations: _, ...item } = await table.item(shown.id);
    const { digest } = wanted.request;
    const { expiresAt } = wanted.request.terms;
    await table.put({ ...item, digest, terms: { ...shown.request.terms, expiresAt } });
    const token = await remindedToken(shown.id);
    expect(invitationsTo('bob', shown.id).at(-1)?.text).toContain('15 minutes');
    const decided = await post('bob', shown.id, 'decision', { decision: 'approve', token });
    expect(decided.status).toBe(200);

    const { request } = await table.load(shown.id);
    const window = grantWindow(wanted.request.terms, request.decisions);
    const granted = { status: 'scheduled', decisions: request.decisions, window };
    await table.put({ ...(await table.item(wanted.id)), ...granted, dueAt: secondsFromNow(3_600) });
    await service.advance('PT1H3M');
    await expectRefused(wanted.id);
    await expectRefused(shown.id);
    expect((await service.as('dave').get(`/v1/requests/${wanted.id}/credentials`)).body).not.toHaveProperty(
      'jwe',
    );
  });
});

/** What the owner of `requests` can do: a seal over terms of their own, and writes under the role of that function. */
async function sealedBy({ kms }: Clients, terms: StoredRequest['request']['terms']): Promise<string> {
  const { Mac } = await kms.send(
    new GenerateMacCommand({
      KeyId: 'alias/countersign-requests',
      MacAlgorithm: 'HMAC_SHA_256',
      Message: Buffer.from(requestSealMessage({ digest: requestDigest(terms), expiresAt: terms.expiresAt })),
    }),
  );
  return Buffer.from(Mac ?? []).toString('base64');
}

const writtenBy = ({ dynamodb }: Clients, id: string, attributes: Item): Promise<unknown> => {
  const names = Object.keys(attributes);
  return dynamodb.send(
    new UpdateItemCommand({
      TableName: 'countersign',
      Key: marshall({ pk: `REQUEST#${id}`, sk: 'REQUEST' }),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: marshall(
        Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
        { removeUndefinedValues: true },
      ),
    }),
  );
};

describe('What is approved is what is issued: the owner of `requests` alone', () => {
  /** Eight hours for the attacker's own key, in the place of what alice asked for. */
  async function forgeryOf({ request }: StoredRequest) {
    const own = await aRecipient();
    const recipientKey = recipientKeySchema.parse(own.recipientKey);
    const terms = { ...request.terms, durationSeconds: 8 * 3_600, recipientKey };
    return { terms, requestSeal: await sealedBy(requests, terms) };
  }

  test.each([
    ['before the mail, and the terms after the decision', 'seal', 'terms'],
    ['and the terms between mail and decision', 'both', undefined],
    ['and the terms after the decision', undefined, 'both'],
  ] as const)('swaps the seal %s: nothing is issued', async (_, beforeDecision, afterDecision) => {
    const startAt = secondsFromNow(3_600);
    const pending = await aPendingRequest(service, table, { duration: 'PT5M', startAt });
    const { id } = pending;
    const { terms, requestSeal } = await forgeryOf(pending);
    const swaps = { seal: { requestSeal }, terms: { terms }, both: { terms, requestSeal } };
    if (beforeDecision === 'seal') {
      await writtenBy(requests, id, swaps.seal);
      // Refused, as the next test shows; with it, token and decision would cover what nobody was shown.
      await outcomeOf(writtenBy(requests, id, { digest: requestDigest(terms) }));
      await remindedToken(id);
      expect(invitationsTo('bob', id).at(-1)?.text).toContain('5 minutes');
    }
    const token = await mailedToken(service, 'bob', id);
    if (beforeDecision === 'both') await writtenBy(requests, id, swaps.both);
    expect((await post('bob', id, 'decision', { decision: 'approve', token })).status).toBe(200);

    const swap = afterDecision ? swaps[afterDecision] : {};
    const window = grantWindow(terms, (await table.load(id)).request.decisions);
    await writtenBy(requests, id, { ...swap, window });
    await service.advance('PT1H3M');
    await expectRefused(id);
  });

  test('cannot write a digest beside the terms: it is computed, and no attribute of theirs', async () => {
    const { id, request } = await aPendingRequest(service, table);
    const { digest } = await aPendingRequest(service, table, {}, 'dave').then((other) => other.request);
    expect(await outcomeOf(writtenBy(requests, id, { digest }))).toMatch(refused);
    expect((await table.load(id)).request.digest).toBe(request.digest);
  });
});

/** The history with further links, hashed as the service does it: the hash has no secret. */
function chained(id: string, history: HistoryEntry[], ...entries: UnchainedEntry[]): HistoryEntry[] {
  const links = [...history];
  for (const entry of entries) links.push(chain(id, links, entry));
  return links;
}

describe('No evidence of what did not happen: somebody who writes the table', () => {
  const at = (): string => secondsFromNow(0);
  type Forgery = [name: string, events: string[], forge: (stored: StoredRequest) => Item];
  const forgeries: Forgery[] = [
    [
      'a revocation that no status shows',
      ['revoked'],
      ({ request: { terms, history } }) => ({
        history: chained(terms.id, history, {
          event: 'revoked',
          at: at(),
          by: 'ada@example.com',
          detail: { reason: 'Left the team' },
        }),
      }),
    ],
    [
      'a status that no event led to',
      ['cancelled', 'closed'],
      () => ({ status: 'cancelled', closedAt: at(), decisions: undefined, window: undefined }),
    ],
    [
      'a denial whose hash is none of its own',
      ['denied'],
      ({ request: { terms, history } }) => {
        const entry = { event: 'denied', at: at(), by: 'bob@example.com' } as const;
        const [link] = chained(terms.id, history, entry).slice(-1);
        return {
          status: 'denied',
          closedAt: at(),
          window: undefined,
          history: [...history, { ...link, hash: 'B'.repeat(43) }],
        };
      },
    ],
  ];

  test('puts in events and statuses in vain: the service attests none of them, and issues nothing', async () => {
    const forged = [];
    for (const [name, events, forge] of forgeries) {
      const { id } = await aScheduledGrant(service, table);
      const stored = await table.load(id);
      const item = { ...(await table.item(id)), ...forge(stored) };
      await table.put({ ...item, dueAt: '2020-01-01T00:00:00Z' });
      forged.push({ id, name, events });
    }
    await service.advance('PT2M');
    await service.advance('PT1H3M');
    await service.server.host.quiet();
    for (const { id, name, events } of forged) {
      for (const event of events) expect(attestedEvents(id), name).not.toContain(event);
      expect(targetSessionsOf(service, id), name).toEqual([]);
    }
  });

  const session = () => ({
    sequence: 1,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    issuedAt: secondsFromNow(-60),
    stsExpiresAt: secondsFromNow(840),
    reissueAt: secondsFromNow(0),
  });

  test('writes that a pending request was approved and issued: it fails, and neither is put on record', async () => {
    const { id, request } = await aPendingRequest(service, table);
    const window = { startsAt: secondsFromNow(-60), endsAt: secondsFromNow(7_200) };
    const detail = { start: window.startsAt, end: window.endsAt };
    const history = chained(
      id,
      request.history,
      { event: 'approved', at: at(), by: 'bob@example.com', detail },
      { event: 'issued', at: at(), by: 'countersign', detail: { sequence: 1, ...detail } },
    );
    const granted = { status: 'active', window, session: session(), history, dueAt: '2020-01-01T00:00:00Z' };
    await table.put({ ...(await table.item(id)), ...granted });
    await service.advance('PT2M');
    await expectRefused(id, 'record_altered');
    await untilLastLink(id);
    expect(attestedEvents(id)).not.toContain('approved');
    expect(attestedEvents(id)).not.toContain('issued');
  });

  test('writes that a second approver agreed: the first one’s decision does not put that on record', async () => {
    const { id, request } = await aPendingRequest(service, table, { entitlement: 'orders-admin' });
    const entry = { event: 'approved', at: at(), by: 'erin@example.com' } as const;
    await table.edit(id, (stored) => ({
      ...stored,
      request: { ...stored.request, history: chained(id, request.history, entry) },
    }));
    await approve(service, 'bob', id);
    await service.advance('PT2M');
    await service.server.host.quiet();
    const approvals = attestedOf(service, id).filter(({ tags }) => tags['cs:event'] === 'approved');
    expect(approvals.map(({ sourceIdentity }) => sourceIdentity)).not.toContain('erin@example.com');
    expect(targetSessionsOf(service, id)).toEqual([]);
  });

  /** Written, not attested: what was forged into it may keep the chain out of the trail. */
  const untilLastLink = (id: string) =>
    eventually(
      'the last link',
      async () => (await table.load(id)).request.history.at(-1)?.event === 'closed',
    );
});

describe('What was taken away stays away: a grant that was revoked before it started', () => {
  test('and is rolled back by a writer of the table, is issued a session that production refuses', async () => {
    const startAt = secondsFromNow(3_600);
    const { id, recipient } = await anOrdersRequest(service, { startAt });
    expect((await approve(service, 'bob', id)).body.status).toBe('scheduled');
    expect((await post('bob', id, 'revoke', { reason: 'No longer wanted' })).body.status).toBe('revoked');
    await untilClosed(service, id);

    const { closedAt: _, deniedUntil: __, ...item } = await table.item(id);
    const { request } = await table.load(id);
    const history = request.history.filter(({ event }) => event !== 'revoked' && event !== 'closed');
    const rolledBack = { status: 'scheduled', history, dueAt: startAt, dueShard: '0' };
    await table.put({ ...item, ...rolledBack });
    await service.advance('PT1H3M');
    await untilStatus(service, 'alice', id, 'active');
    const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
    const orders = ordersTable(service.server.awsUrl, await recipient.open(body.jwe));
    expect(await refusalOf(orders.read())).toBe('AccessDeniedException');
  });

  /** One write over the deny list of the role: nobody is on it any more. */
  const emptyDenyList = () => {
    const pk = `DENYLIST#${roleArn('orders-read', '111122223333')}`;
    const item = { pk, sk: 'DENYLIST', list: { entries: [] }, version: 999 };
    return service.server.aws.seedItems(serviceAccount, 'countersign', [marshall(item)]);
  };

  test('has its entry emptied, and its time made out to be over: its session stays refused', async () => {
    const { id, credentials } = await anActiveGrant(service);
    const orders = ordersTable(service.server.awsUrl, credentials);
    expect(await orders.read()).toBe('1001');
    await post('bob', id, 'revoke', { reason: 'Left the team' });
    await eventually('the session to be refused', () => refusalOf(orders.read()));
    await untilClosed(service, id);

    await emptyDenyList();
    await service.advance('PT5M5S');
    await service.server.host.quiet();
    expect(await refusalOf(orders.read())).toBe('AccessDeniedException');

    await emptyDenyList();
    const item = await table.item(id);
    const { window } = (await table.load(id)).request as { window?: { endsAt: string } };
    const over = { closedAt: window?.endsAt, deniedUntil: secondsFromNow(-10), dueAt: secondsFromNow(-60) };
    await table.put({ ...item, ...over, dueShard: '0' });
    await service.advance('PT1M5S');
    await service.server.host.quiet();
    expect(await refusalOf(orders.read())).toBe('AccessDeniedException');
  });

  test('has its entry emptied before it is rolled back: the next session is refused too', async () => {
    const startAt = secondsFromNow(3_600);
    const { id, recipient } = await anOrdersRequest(service, { startAt, duration: 'PT4H' });
    await approve(service, 'bob', id);
    await post('bob', id, 'revoke', { reason: 'No longer wanted' });
    await untilClosed(service, id);
    await service.server.host.quiet();

    await emptyDenyList();
    const revoked = await table.item(id);
    const { window } = (await table.load(id)).request as { window?: { endsAt: string } };
    const over = { closedAt: window?.endsAt, deniedUntil: secondsFromNow(-10), dueAt: secondsFromNow(-60) };
    await table.put({ ...revoked, ...over, dueShard: '0' });
    const runs = () => service.server.host.counts().endGrant?.invocations ?? 0;
    const before = runs();
    await service.advance('PT1M5S');
    await eventually('endGrant to render the boundary', async () => runs() > before);
    await service.server.host.quiet();

    const { closedAt: _, deniedUntil: __, ...item } = await table.item(id);
    const { request } = await table.load(id);
    const history = request.history.filter(({ event }) => event !== 'revoked' && event !== 'closed');
    await table.put({ ...item, status: 'scheduled', history, dueAt: startAt, dueShard: '0' });
    await service.advance('PT1H3M');
    await untilStatus(service, 'alice', id, 'active');
    const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
    const orders = ordersTable(service.server.awsUrl, await recipient.open(body.jwe));
    expect(await refusalOf(orders.read())).toBe('AccessDeniedException');
  });

  test('leaves the other grants of its role alone', async () => {
    const { id, recipient } = await anOrdersRequest(service);
    await approve(service, 'bob', id);
    await untilStatus(service, 'alice', id, 'active');
    const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
    expect(await ordersTable(service.server.awsUrl, await recipient.open(body.jwe)).read()).toBe('1001');
  });
});

describe('Whoever runs endGrant themselves', () => {
  const failsWith = async (error: string) => {
    const { id } = await anActiveGrant(service);
    await service.server.host.invoke('endGrant', { requestId: id, failure: { error } });
    return (await untilAudited(service, id, 'failed')).reason;
  };

  test.each([
    ['an address to sign in at', 'Sorry: renew at https://evil.example/signin', '(unknown)'],
    ['something endless', 'x'.repeat(101), '(unknown)'],
    ['the name of an error, as Step Functions does,', 'States.TaskFailed', '(States.TaskFailed)'],
  ])('with %s for the failure puts no sentence of theirs before the requester', async (_, error, words) => {
    expect(await failsWith(error)).toBe(
      `Something failed on our side ${words}. Ask again, and tell the platform team if it fails again.`,
    );
  });
});
