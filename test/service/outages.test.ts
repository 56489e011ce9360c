import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import { clientsOf, roleArn, without, withRole } from '../rules/roleClients.ts';
import { aPendingRequest, approve, mailedToken, untilClosed } from '../rules/steps.ts';
import { aCatalogueSource } from '../support/builders.ts';
import { ordersTable, refusalOf } from '../support/ordersTable.ts';
import {
  type Answer,
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';

/** An address that signs in here and that SES never takes: it allows 64 characters before the `@`. */
const unmailable = 'w'.repeat(65);

let folder: string;
let service: Service;
let table: RequestTable;
const restores: (() => void)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-outages-'));
  const source = aCatalogueSource();
  source.groups['orders-team']?.push(`${unmailable}@example.com`);
  const catalogueFile = join(folder, 'catalogue.yaml');
  await writeFile(catalogueFile, JSON.stringify(source));
  service = await startService({ catalogueFile });
  table = requestTableOf(service);
});
afterEach(() => isBack());
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

/** An action fails for some functions, all of them unless named, until `isBack`. */
function isDown(action: string, functions: readonly FunctionName[] = functionNames): void {
  restores.push(...functions.map((name) => without(service, name, action)));
}

function isBack(): void {
  for (const restore of restores.splice(0).reverse()) restore();
}

const post = (user: string, id: string, command: string, body: object = {}): Promise<Answer> =>
  service.as(user).post(`/v1/requests/${id}/${command}`, body);

const breakGlass = { entitlement: 'orders-admin', breakGlass: true, duration: 'PT30M' };

const review = { verdict: 'justified', comment: 'The outage was real' };

const mailsTo = (user: string, id: string) =>
  service.server.aws
    .inbox()
    .filter(({ to, tags }) => to.includes(`${user}@example.com`) && tags['countersign-request'] === id);

/** Mails about a request that SES refused for good. */
const refusedMails = (id: string): number =>
  service.server.logs().filter((line) => line.includes('"mailRefused"') && line.includes(id)).length;

/** What every step of the workflow changes, and every write. */
async function movesOf(id: string): Promise<unknown> {
  const { version, upkeep } = await table.load(id);
  return { version, attempt: upkeep.attempt, taskToken: upkeep.taskToken };
}

const runsOf = (name: FunctionName): number => service.server.host.counts()[name]?.invocations ?? 0;

/** Minutes that pass one by one, each with its run of `reconcile` and whatever that sets off. */
async function minutesPass(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    const before = runsOf('reconcile');
    await service.advance('PT1M');
    await eventually('reconcile to run', async () => runsOf('reconcile') > before);
    await service.server.host.quiet();
  }
}

/** The hashes of the history entries that went out as events about a request, in the order of their going out. */
const announcedHashes = (id: string): unknown[] =>
  service.server.aws
    .events()
    .map(({ Detail }) => JSON.parse(Detail))
    .filter(({ requestId }) => requestId === id)
    .map(({ hash }) => hash);

const historyHashes = async (id: string): Promise<string[]> =>
  (await table.load(id)).request.history.map(({ hash }) => hash);

describe('SES that takes no mail', () => {
  test('holds up neither break-glass nor a pending request, and everybody is told once it is back', async () => {
    isDown('ses:SendEmail');
    const urgent = await anOrdersRequest(service, breakGlass, 'bob');
    const pending = await anOrdersRequest(service);
    const active = await untilStatus(service, 'bob', urgent.id, 'active');
    const { body } = await service.as('bob').get(`/v1/requests/${urgent.id}/credentials`);
    const credentials = await urgent.recipient.open(body.jwe);
    expect(await ordersTable(service.server.awsUrl, credentials).read()).toBe('1001');
    expect(Date.parse(active.endsAt) - Date.parse(active.startsAt)).toBe(30 * 60_000);

    await minutesPass(2);
    expect((await service.as('bob').get(`/v1/requests/${urgent.id}`)).body.status).toBe('active');
    expect((await service.as('alice').get(`/v1/requests/${pending.id}`)).body.status).toBe('pending');
    expect(mailsTo('bob', pending.id)).toEqual([]);

    isBack();
    await minutesPass(2);
    await eventually('carol to hear of it', async () => mailsTo('carol', urgent.id).length > 0);
    expect((await approve(service, 'bob', pending.id)).status).toBe(200);
    await untilStatus(service, 'alice', pending.id, 'active');
    expect(mailsTo('carol', pending.id)).toHaveLength(1);
    expect((await post('carol', urgent.id, 'review', review)).status).toBe(200);
  });

  test('for the requester alone, sets off no event twice and no step of the workflow', async () => {
    const { id, upkeep } = await aPendingRequest(service, table, { duration: 'PT8H' });
    const token = await mailedToken(service, 'bob', id);
    isDown('ses:SendEmail');
    expect((await post('bob', id, 'decision', { decision: 'approve', token })).status).toBe(200);
    await untilStatus(service, 'alice', id, 'active');
    const { taskToken, attempt } = await eventually('the workflow to hold the grant', async () => {
      const { upkeep: now, request } = await table.load(id);
      return now.taskToken !== upkeep.taskToken && now.announced === request.history.length && now;
    });
    await minutesPass(5);
    expect((await table.load(id)).upkeep).toMatchObject({ taskToken, attempt });
    expect(announcedHashes(id)).toEqual(await historyHashes(id));
    isBack();
    await minutesPass(1);
    await eventually('alice to be told', async () => mailsTo('alice', id).length > 0);
    await minutesPass(1);
    expect(mailsTo('alice', id).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Active: /)]);
  });

  test('for a requester’s address, ever, is not asked again and again', async () => {
    const { id } = await aPendingRequest(service, table, { duration: 'PT8H' }, unmailable);
    const { upkeep } = await table.asleep(id);
    expect((await approve(service, 'bob', id)).status).toBe(200);
    await untilStatus(service, unmailable, id, 'active');
    await eventually('the notice to be refused', async () => refusedMails(id) === 1);
    await table.asleep(id, upkeep.taskToken);
    const active = await movesOf(id);
    await minutesPass(5);
    expect(await movesOf(id)).toEqual(active);

    expect((await post('ada', id, 'revoke', { reason: 'Left the team' })).status).toBe(200);
    await untilClosed(service, id);
    await eventually('the notice to be refused', async () => refusedMails(id) === 2);
    await service.server.host.quiet();
    const closed = await movesOf(id);
    await minutesPass(3);
    expect(await movesOf(id)).toEqual(closed);
    expect(refusedMails(id)).toBe(2);
    expect(announcedHashes(id)).toEqual(await historyHashes(id));
    expect(mailsTo(unmailable, id)).toEqual([]);
  });
});

describe('STS that refuses the notary', () => {
  test('to a break-glass request, blocks the next one for half a minute, and says so', async () => {
    const statement = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' } as const;
    const restore = withRole(service, roleArn('notary'), (definition) => ({
      ...definition,
      trustPolicy: {
        ...definition.trustPolicy,
        Statement: [...definition.trustPolicy.Statement, statement],
      },
    }));
    restores.push(restore);
    const ask = () => anOrdersRequest(service, breakGlass, 'carol');
    expect((await ask()).answer.body.code).toBe('no_evidence');
    isBack();
    const { answer } = await ask();
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect(answer.body.detail).toMatch(/half a minute/);

    await service.advance('PT31S');
    const again = await ask();
    expect(again.answer.status).toBe(201);
    await untilStatus(service, 'carol', again.id, 'active');
    expect((await post('bob', again.id, 'review', review)).status).toBe(200);
  });
});

describe('A review of break-glass', () => {
  test('that still runs ends it: the live session is refused', async () => {
    const { id, recipient } = await anOrdersRequest(service, breakGlass, 'bob');
    await untilStatus(service, 'bob', id, 'active');
    const { body } = await service.as('bob').get(`/v1/requests/${id}/credentials`);
    const orders = ordersTable(service.server.awsUrl, await recipient.open(body.jwe));
    expect(await orders.read()).toBe('1001');
    const reviewed = await post('carol', id, 'review', { ...review, verdict: 'unjustified' });
    expect(reviewed.body).toMatchObject({ status: 'ended', review: { verdict: 'unjustified' } });
    expect(await eventually('the session to be refused', () => refusalOf(orders.read()))).toBe(
      'AccessDeniedException',
    );
    expect((await service.as('bob').get(`/v1/requests/${id}/credentials`)).status).toBe(410);
  });
});

describe('EventBridge that takes no event', () => {
  test('holds up no access and no end of it, and every event comes later', async () => {
    isDown('events:PutEvents');
    const { id, credentials } = await anActiveGrant(service);
    const orders = ordersTable(service.server.awsUrl, credentials);
    expect(await orders.read()).toBe('1001');
    expect((await post('ada', id, 'revoke', { reason: 'Left the team' })).body.status).toBe('revoked');
    expect(await eventually('the session to be refused', () => refusalOf(orders.read()))).toBe(
      'AccessDeniedException',
    );
    await untilClosed(service, id);
    await minutesPass(1);
    expect(announcedHashes(id)).toEqual([]);

    isBack();
    await minutesPass(2);
    const events = (await table.load(id)).request.history.map(({ event }) => event);
    expect(events).toEqual(['requested', 'approved', 'issued', 'revoked', 'closed']);
    expect(announcedHashes(id)).toEqual(await historyHashes(id));
  });
});

describe('Records that nobody can read', () => {
  /** Writes under the role of the function that has the least to do with it: it may move what is due. */
  async function poison(item: (number: number) => { pk: string; sk: string }): Promise<void> {
    const { dynamodb } = await clientsOf(service, 'mailFeedback');
    const write = (number: number): Promise<unknown> =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName: 'countersign',
          Key: marshall(item(number)),
          UpdateExpression: 'SET dueAt = :due, dueShard = :shard, version = :version',
          ExpressionAttributeValues: marshall({
            ':due': '2020-01-01T00:00:00Z',
            ':shard': String(number % 4),
            ':version': 1,
          }),
        }),
      );
    await Promise.all(Array.from({ length: 60 }, (_, number) => write(number)));
  }

  test.each([
    ['at places of requests', (number: number) => ({ pk: `REQUEST#POISON${number}`, sk: 'REQUEST' })],
    ['beside where requests are', (number: number) => ({ pk: `REQUEST#POISON${number}`, sk: 'POISON' })],
  ])('and have long been due, sixty of them %s, do not keep reconcile from the others', async (_, item) => {
    const { id } = await aPendingRequest(service, table);
    await poison(item);
    isDown('states:SendTaskSuccess');
    expect((await approve(service, 'bob', id)).body.status).toBe('scheduled');
    isBack();
    await minutesPass(3);
    await untilStatus(service, 'alice', id, 'active');
  });
});
