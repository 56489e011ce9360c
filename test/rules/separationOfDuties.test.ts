import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { GenerateMacCommand, VerifyMacCommand } from '@aws-sdk/client-kms';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import {
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  type Tag,
} from '@aws-sdk/client-sts';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventNames } from '#domain/history.ts';
import type { PolicyDocument } from '#infra/definitions.ts';
import { functionNames } from '#infra/functions.ts';
import { macKeys } from '#infra/macKeys.ts';
import { serviceRoles } from '#infra/serviceRoles.ts';
import { targetDefinitions } from '#infra/targetRoles.ts';
import { localInstallation } from '../../local/wiring.ts';
import { aCatalogue, anId } from '../support/builders.ts';
import { sampleCatalogue, textOf } from '../support/sample.ts';
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
import {
  type Clients,
  clientsOf,
  clientsWith,
  outcomeOf,
  probe,
  refused,
  roleArn,
  serviceRoleNames,
} from './roleClients.ts';
import { aPendingRequest, approve, stateMachineArn, untilClosed, wakeWith } from './steps.ts';

type RoleName = (typeof serviceRoleNames)[number];

let service: Service;
let table: RequestTable;
let folder: string;
const clients = new Map<RoleName, Clients>();
/** A request that exists, so that a write to it would be one. */
let existing: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-duties-'));
  const source = textOf(sampleCatalogue);
  // One approver whose mail bounces: what SES says of it has a function of its own.
  const leads = '[bob@example.com, carol@example.com, bounce@simulator.amazonses.com]';
  await writeFile(
    join(folder, 'catalogue.yaml'),
    source.replace('[bob@example.com, carol@example.com]', leads),
  );
  service = await startService({ catalogueFile: join(folder, 'catalogue.yaml') });
  table = requestTableOf(service);
  for (const name of serviceRoleNames) clients.set(name, await clientsOf(service, name));
  existing = (await aPendingRequest(service, table)).id;
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

const as = (name: RoleName): Clients => {
  const found = clients.get(name);
  if (!found) throw new Error(`No clients for ${name}.`);
  return found;
};

/** Who is let through by a call; fails when a refusal is anything but IAM's. */
async function whoMay(
  call: (clients: Clients) => Promise<unknown>,
  beyondIam = 'allowed',
): Promise<RoleName[]> {
  const allowed: RoleName[] = [];
  for (const name of serviceRoleNames) {
    const outcome = await outcomeOf(call(as(name)));
    if (outcome === beyondIam) allowed.push(name);
    else expect(outcome, `${name}`).toMatch(refused);
  }
  return allowed;
}

describe('Separation of duties: a code that counts is made by one function alone', () => {
  const Message = new TextEncoder().encode('whatever they like');
  const MacAlgorithm = 'HMAC_SHA_256';

  test.each([
    ['request seals', 'alias/countersign-requests', 'requests'],
    ['approval tokens', 'alias/countersign-approval-tokens', 'notifyApprovers'],
    ['decision seals', 'alias/countersign-decisions', 'decisions'],
  ] as const)('%s by %s: only %s generates, only issueSession verifies', async (_, KeyId, maker) => {
    const generate = new GenerateMacCommand({ KeyId, Message, MacAlgorithm });
    expect(await whoMay(({ kms }) => kms.send(generate))).toEqual([maker]);
    const { Mac } = await as(maker).kms.send(generate);
    const verify = new VerifyMacCommand({ KeyId, Message, MacAlgorithm, Mac });
    expect(await whoMay(({ kms }) => kms.send(verify))).toEqual(['issueSession']);
  });

  test('and not even by an administrator of the account: no GenerateMac, no VerifyMac, no grant to anybody', async () => {
    for (const { arn, policy } of macKeys(installation)) {
      for (const action of ['kms:GenerateMac', 'kms:VerifyMac', 'kms:CreateGrant'])
        expect(await administratorMay(action, arn, policy), `${action} ${arn}`).toBe(false);
      // What is left to them is visible in CloudTrail: another key policy, or no key at all.
      expect(await administratorMay('kms:PutKeyPolicy', arn, policy)).toBe(true);
    }
  });
});

describe('Separation of duties: a role is assumed by one function alone', () => {
  const orderOf = (RoleArn: string, over: Partial<AssumeRoleCommandInput> = {}): AssumeRoleCommand =>
    new AssumeRoleCommand({
      RoleArn,
      RoleSessionName: anId(),
      SourceIdentity: 'alice@example.com',
      DurationSeconds: 900,
      Tags: tagsOf({ 'cs:request': anId(), 'cs:digest': 'a'.repeat(64) }),
      ...over,
    });
  const target = (name: string): string => roleArn(name, '111122223333');

  test.each(['orders-read', 'orders-admin', 'orders-item'])(
    'the target role of %s by issueSession',
    async (name) => {
      expect(await whoMay(({ sts }) => sts.send(orderOf(target(name))))).toEqual(['issueSession']);
    },
  );

  test.each<[string, Partial<AssumeRoleCommandInput>]>([
    ['without a person', { SourceIdentity: undefined }],
    ['without a request', { Tags: tagsOf({ 'cs:digest': 'a'.repeat(64) }) }],
    ['without a digest', { Tags: tagsOf({ 'cs:request': anId() }) }],
    ['under a name that is no request id', { RoleSessionName: 'maintenance' }],
    ['with tags that would be handed on', { TransitiveTagKeys: ['cs:request'] }],
  ])('and not even by it %s', async (_, over) => {
    expect(await whoMay(({ sts }) => sts.send(orderOf(target('orders-read'), over)))).toEqual([]);
  });

  test('the revoker by endGrant, and it writes boundary policies alone', async () => {
    const order = orderOf(target('revoker'), { Tags: undefined });
    expect(await whoMay(({ sts }) => sts.send(order))).toEqual(['endGrant']);
    const { Credentials } = await as('endGrant').sts.send(order);
    const revoker = clientsWith(service, keysOf(Credentials));
    const write = (name: string) =>
      outcomeOf(
        revoker.iam.send(
          new CreatePolicyVersionCommand({
            PolicyArn: `arn:aws:iam::111122223333:policy/${name}`,
            PolicyDocument:
              '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
          }),
        ),
      );
    expect(await write('countersign-boundary-orders-read')).toBe('allowed');
    expect(await write('somebody-elses')).toMatch(/AccessDenied/);
    await expectPowerless(revoker);
  });

  test('and target roles not even by an administrator of the service account', async () => {
    const { roles } = targetDefinitions(installation, aCatalogue(), '111122223333');
    for (const { name, trustPolicy } of roles)
      expect(await administratorMay('sts:AssumeRole', target(name), trustPolicy), name).toBe(false);
  });
});

describe('Separation of duties: the notary attests', () => {
  const attestation = (event: string, over: Partial<AssumeRoleCommandInput> = {}): AssumeRoleCommand =>
    new AssumeRoleCommand({
      RoleArn: roleArn('notary'),
      RoleSessionName: anId(),
      SourceIdentity: 'alice@example.com',
      DurationSeconds: 900,
      Tags: tagsOf({ 'cs:event': event }),
      ...over,
    });

  /** docs/architecture.md, rule 5, and reconcile, which catches up on what took access away. */
  const attesters: Record<(typeof eventNames)[number], RoleName[]> = {
    requested: ['requests'],
    approved: ['decisions'],
    denied: ['decisions', 'reconcile'],
    cancelled: ['requests', 'reconcile'],
    expired: ['notifyApprovers', 'reconcile'],
    issued: ['issueSession'],
    returned: ['requests', 'reconcile'],
    revoked: ['decisions', 'reconcile'],
    ended: ['endGrant', 'reconcile'],
    failed: ['issueSession', 'endGrant', 'reconcile'],
    reviewed: ['decisions'],
    closed: ['endGrant', 'reconcile'],
  };

  test.each(eventNames)('%s for nobody but those who do it', async (event) => {
    const allowed = await whoMay(({ sts }) => sts.send(attestation(event)));
    expect(allowed.sort()).toEqual(attesters[event].toSorted());
  });

  test.each<[string, Partial<AssumeRoleCommandInput>]>([
    ['an event that there is not', { Tags: tagsOf({ 'cs:event': 'approved-by-all' }) }],
    ['no event', { Tags: tagsOf({ 'cs:digest': 'a'.repeat(64) }) }],
    ['an event without an actor', { SourceIdentity: undefined }],
  ])('%s for nobody', async (_, over) => {
    expect(await whoMay(({ sts }) => sts.send(attestation('requested', over)))).toEqual([]);
  });

  test('and its sessions can do nothing', async () => {
    const { Credentials } = await as('requests').sts.send(attestation('requested'));
    await expectPowerless(clientsWith(service, keysOf(Credentials)));
  });
});

describe('Separation of duties: in the table', () => {
  /** Beside the keys, which cannot be changed. A new attribute has to be given to somebody here. */
  const moving = ['version', 'dueAt', 'dueShard'];
  const changing = [...moving, 'status', 'history'];
  const writes: Partial<Record<RoleName, string[]>> = {
    requests: [...changing, 'id', 'requesterKey', 'terms', 'requestSeal', 'window', 'closedAt', 'remindedAt'],
    decisions: [...changing, 'decisions', 'window', 'closedAt', 'review'],
    notifyApprovers: [...changing, 'invitations', 'closedAt', 'announced', 'noticed'],
    issueSession: [...changing, 'session', 'closedAt', 'reason', 'announced', 'noticed'],
    endGrant: [...changing, 'session', 'closedAt', 'reason', 'announced', 'noticed', 'deniedUntil'],
    reconcile: [...moving, 'history', 'announced', 'noticed', 'attempt'],
    mailFeedback: [...moving, 'invitations'],
    workflow: ['taskToken', 'version'],
  };
  const attributes = [...new Set(Object.values(writes).flat())];

  /** Never true, so that what IAM lets through changes nothing. */
  const update = (pk: string, sk: string, over: Partial<UpdateItemCommandInput>): UpdateItemCommand =>
    new UpdateItemCommand({
      TableName: 'countersign',
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(pk)',
      ...over,
    });
  const set = (attribute: string): Partial<UpdateItemCommandInput> => ({
    UpdateExpression: 'SET #attribute = :value',
    ExpressionAttributeNames: { '#attribute': attribute },
    ExpressionAttributeValues: { ':value': { S: 'forged' } },
  });
  const letThrough = 'ConditionalCheckFailedException';

  test.each(attributes)('%s of a request is written by its own functions alone', async (attribute) => {
    const owners = serviceRoleNames.filter((name) => writes[name]?.includes(attribute));
    const write = update(`REQUEST#${existing}`, 'REQUEST', set(attribute));
    expect(await whoMay(({ dynamodb }) => dynamodb.send(write), letThrough)).toEqual(owners);
  });

  test('every attribute that a request has belongs to somebody in this table', async () => {
    const { id } = await anActiveGrant(service);
    await service.as('alice').post(`/v1/requests/${id}/return`);
    const names = [existing, id].map(async (each) => Object.keys(await table.item(each)));
    expect(
      (await Promise.all(names)).flat().filter((name) => !['pk', 'sk', ...attributes].includes(name)),
    ).toEqual([]);
  });

  test.each<[string, string, Partial<UpdateItemCommandInput>, RoleName[]]>([
    ['approvers’ lists', 'APPROVER#bob@example.com', {}, ['notifyApprovers']],
    ['deny lists', `DENYLIST#${roleArn('orders-read', '111122223333')}`, set('list'), ['endGrant']],
    ['idempotency keys', 'IDEMPOTENCY#0000', set('requestId'), ['requests']],
    ['break-glass claims', 'BREAKGLASS#bob@example.com', set('requestId'), ['requests']],
    ['anything else', 'SETTINGS', set('list'), []],
  ])('%s are written by their own function alone', async (_, pk, over, owners) => {
    const write = update(pk, 'PROBE', over);
    expect(await whoMay(({ dynamodb }) => dynamodb.send(write), letThrough)).toEqual(owners);
  });

  test('nobody puts an item over another, and nobody deletes or scans', async () => {
    const TableName = 'countersign';
    const Key = { pk: { S: `REQUEST#${existing}` }, sk: { S: 'REQUEST' } };
    const before = await table.item(existing);
    for (const command of [
      new PutItemCommand({ TableName, Item: { ...Key, status: { S: 'active' } } }),
      new PutItemCommand({ TableName, Item: Key }),
    ])
      expect(await whoMay(({ dynamodb }) => dynamodb.send(command))).toEqual([]);
    expect(await whoMay(({ dynamodb }) => dynamodb.send(new DeleteItemCommand({ TableName, Key })))).toEqual(
      [],
    );
    expect(await whoMay(({ dynamodb }) => dynamodb.send(new ScanCommand({ TableName })))).toEqual([]);
    expect(await table.item(existing)).toEqual(before);
  });

  test('requests are read by those who need them, and lists by fewer', async () => {
    const TableName = 'countersign';
    const get = (pk: string, sk: string) =>
      new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
    const readers = await whoMay(({ dynamodb }) => dynamodb.send(get(`REQUEST#${existing}`, 'REQUEST')));
    expect(readers.sort()).toEqual([
      'credentials',
      'decisions',
      'endGrant',
      'issueSession',
      'mailFeedback',
      'notifyApprovers',
      'reconcile',
      'reconcileTrail',
      'requests',
    ]);
    expect(await whoMay(({ dynamodb }) => dynamodb.send(get('DENYLIST#role', 'DENYLIST')))).toEqual([
      'endGrant',
    ]);
    const listers = (IndexName: string, attribute: string) =>
      whoMay(({ dynamodb }) =>
        dynamodb.send(
          new QueryCommand({
            TableName,
            IndexName,
            KeyConditionExpression: '#attribute = :value',
            ExpressionAttributeNames: { '#attribute': attribute },
            ExpressionAttributeValues: { ':value': { S: 'active' } },
          }),
        ),
      );
    expect(await listers('byRequester', 'requesterKey')).toEqual(['requests']);
    expect(await listers('byStatus', 'status')).toEqual(['requests', 'endGrant']);
    expect(await listers('byDue', 'dueShard')).toEqual(['reconcile']);
  });
});

describe('Separation of duties: the workflow', () => {
  test('is started by two functions, woken by four, and neither read nor failed by any', async () => {
    const name = 'x'.repeat(81);
    const start = new StartExecutionCommand({ stateMachineArn, name, input: '{}' });
    expect(await whoMay(({ sfn }) => sfn.send(start), 'InvalidName')).toEqual(['requests', 'reconcile']);
    const wakers = await whoMay((own) => wakeWith(own, 'no-token', { next: 'issue' }), 'InvalidToken');
    expect(wakers.sort()).toEqual(['decisions', 'endGrant', 'reconcile', 'requests']);
    const fail = new SendTaskFailureCommand({ taskToken: 'no-token' });
    expect(await whoMay(({ sfn }) => sfn.send(fail), 'InvalidToken')).toEqual([]);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${existing}-1`;
    const read = new GetExecutionHistoryCommand({ executionArn });
    expect(await whoMay(({ sfn }) => sfn.send(read))).toEqual([]);
  });

  test('alone invokes functions, and of those its own three', () => {
    const invokers = serviceRoles(installation, aCatalogue()).flatMap(({ name, policy }) =>
      policy.Statement.filter(({ Action }) => [Action].flat().some((action) => /^(lambda:|\*)/.test(action)))
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Action, Resource }) => ({ name, Action, Resource })),
    );
    const functionArn = (name: string) =>
      `arn:aws:lambda:us-east-1:${serviceAccount}:function:countersign-${name}`;
    expect(invokers).toEqual([
      {
        name: 'countersign-workflow',
        Action: 'lambda:InvokeFunction',
        Resource: ['notify-approvers', 'issue-session', 'end-grant'].map(functionArn),
      },
    ]);
  });

  test('hands issueSession a request id; whatever else it is told, it reads in the record', async () => {
    const { terms, digest } = (await table.load(existing)).request;
    const told = {
      requestId: existing,
      request: { status: 'scheduled', terms, digest, decisions: [] },
      window: { startsAt: terms.createdAt, endsAt: terms.expiresAt },
      approved: true,
      now: terms.expiresAt,
    };
    expect(await service.server.host.invoke('issueSession', told)).toEqual({ next: 'notify' });
    for (const nonsense of [{}, { requestId: '../orders' }, { requestId: [existing] }, null, existing])
      await expect(service.server.host.invoke('issueSession', nonsense)).rejects.toThrow();
    expect(targetSessionsOf(service, existing)).toEqual([]);
  });
});

describe('Separation of duties: whoever passes a role to a function of their own', () => {
  const theirs = `arn:aws:lambda:us-east-1:${serviceAccount}:function:theirs`;

  test.each(functionNames)('can do nothing with that of %s', async (name) => {
    const credentials = await service.server.aws.credentialsFor(roleArn(name), probe, theirs);
    await expectPowerless(clientsWith(service, credentials));
  });
});

describe('Separation of duties: mail and events', () => {
  test('are sent by the functions that tell people, and only in the service’s own name', async () => {
    const mailFrom = (FromEmailAddress: string) =>
      new SendEmailCommand({
        FromEmailAddress,
        Destination: { ToAddresses: ['probe@example.com'] },
        ConfigurationSetName: 'countersign',
        Content: { Simple: { Subject: { Data: 'Probe' }, Body: { Text: { Data: 'Probe' } } } },
      });
    const senders = await whoMay(({ ses }) => ses.send(mailFrom('Countersign <countersign@example.com>')));
    expect(senders.sort()).toEqual([
      'endGrant',
      'issueSession',
      'mailFeedback',
      'notifyApprovers',
      'reconcile',
    ]);
    expect(await whoMay(({ ses }) => ses.send(mailFrom('Ada <ada@example.com>')))).toEqual([]);
    const event = { EventBusName: 'countersign', Source: 'probe', DetailType: 'Probe', Detail: '{}' };
    const put = new PutEventsCommand({ Entries: [event] });
    const publishers = await whoMay(({ events }) => events.send(put));
    expect(publishers.sort()).toEqual(['endGrant', 'issueSession', 'notifyApprovers', 'reconcile']);
  });
});

describe('Separation of duties that works: a function’s role', () => {
  const policiesOf = serviceRoles(localInstallation('http://127.0.0.1:8787', aCatalogue()), aCatalogue());

  test('names every action it allows, and the resource it allows it on', () => {
    for (const { name, policy } of policiesOf)
      for (const { Effect, Action, Resource } of policy.Statement) {
        if (Effect !== 'Allow') continue;
        expect(
          [Action].flat().filter((action) => action.includes('*')),
          name,
        ).toEqual([]);
        // X-Ray and log delivery know no resources.
        if ([Action].flat().every((action) => /^(xray:|logs:(?!CreateLogStream|PutLogEvents))/.test(action)))
          continue;
        expect(
          [Resource].flat().filter((resource) => resource === undefined || resource === '*'),
          name,
        ).toEqual([]);
      }
  });

  test('is enough for every kind of ending, and refuses nothing that its function does', async () => {
    await everyKindOfEnding();
    const own = service.server.aws
      .recordedCalls()
      .filter(({ sessionName }) => sessionName !== probe && sessionName !== anId());
    expect(own.filter(({ errorCode }) => /AccessDenied/.test(errorCode ?? ''))).toEqual([]);
    for (const name of functionNames) {
      const principal = roleArn(name).split('/').at(-1);
      const used = new Set(
        own.flatMap((call) =>
          call.principal === principal ? [`${iamPrefix[call.service]}:${call.operation}`] : [],
        ),
      );
      const policy = policiesOf.find((role) => role.name === principal)?.policy;
      const allowed = (policy?.Statement.flatMap(({ Action }) => Action) ?? []).filter(
        (action) => !inTheBackground.test(action),
      );
      // Both come with an AssumeRole that has tags or a source identity, and are no calls of their own.
      const unused = allowed.filter(
        (action) => !used.has(action) && !/^sts:(TagSession|SetSourceIdentity)$/.test(action),
      );
      // What an outage or a race brings about may be used here as well; nothing else may lie idle.
      expect(neverNeededHere[name] ?? [], name).toEqual(expect.arrayContaining(unused));
    }
  });
});

/** What Lambda and Step Functions do in a function's name: logs, traces, encryption, queues. There is none of it here. */
const inTheBackground = /^(logs:|xray:|sqs:|kms:(Decrypt|GenerateDataKey)$)/;

/** Allowed for what this test has no way to bring about. */
const neverNeededHere: Partial<Record<RoleName, string[]>> = {
  // After a whole-role deny only, when a deny list is full.
  endGrant: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'states:SendTaskSuccess'],
  // Catching up after an outage: noEvidenceNoAccess.test.ts.
  reconcile: ['sts:AssumeRole', 'ses:SendEmail'],
  // Fed by rules and a queue that are not here: service/reconcileTrail.test.ts.
  reconcileTrail: ['dynamodb:GetItem'],
};

const iamPrefix: Record<string, string> = {
  dynamodb: 'dynamodb',
  sts: 'sts',
  iam: 'iam',
  kms: 'kms',
  ses: 'ses',
  events: 'events',
  states: 'states',
};

/** Requests that end in each way there is, lists, reminders, re-issue, a bounce and a lost signal on the way. */
async function everyKindOfEnding(): Promise<void> {
  const post = (user: string, id: string, command: string, body: object = {}) =>
    service.as(user).post(`/v1/requests/${id}/${command}`, body);
  const [returned, revoked, timed] = [
    await anActiveGrant(service),
    await anActiveGrant(service),
    await anActiveGrant(service),
  ];
  const [denied, cancelled, expired, lost] = await Promise.all(
    Array.from({ length: 4 }, () => anOrdersRequest(service)),
  );
  await service.call('POST', '/v1/requests', {
    token: await service.token('alice'),
    body: { ...(await anOrdersRequest(service)).body },
    headers: { 'idempotency-key': 'once' },
  });
  const urgent = await anOrdersRequest(
    service,
    { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' },
    'bob',
  );
  for (const each of [denied, cancelled, expired, lost]) await table.asleep(each?.id ?? '');
  for (const role of ['requester', 'approver']) await service.as('bob').get(`/v1/requests?role=${role}`);
  await service.as('trent').get('/v1/requests?role=auditor');
  await post('alice', expired?.id ?? '', 'remind');
  await post('alice', returned.id, 'return');
  await post('ada', revoked.id, 'revoke', { reason: 'Left the team' });
  await post('bob', denied?.id ?? '', 'decision', { decision: 'deny' });
  await post('alice', cancelled?.id ?? '', 'cancel');
  await untilStatus(service, 'bob', urgent.id, 'active');
  await post('carol', urgent.id, 'review', { verdict: 'justified', comment: 'The outage was real' });
  await table.edit(lost?.id ?? '', (stored) => ({
    ...stored,
    upkeep: { ...stored.upkeep, taskToken: 'A'.repeat(128) },
  }));
  await approve(service, 'bob', lost?.id ?? '');
  await eventually('a bounce', async () =>
    Object.values((await table.load(expired?.id ?? '')).upkeep.invitations).some(({ failed }) => failed),
  );
  await service.advance('PT2M');
  await untilStatus(service, 'alice', lost?.id ?? '', 'active');
  await table.asleep(timed.id);
  await service.advance('PT11M');
  await eventually('a second session', async () => {
    const { request } = await table.load(timed.id);
    return request.status === 'active' && request.session.sequence === 2;
  });
  await table.asleep(timed.id);
  await service.advance('PT4H');
  await untilStatus(service, 'alice', expired?.id ?? '', 'expired');
  for (const { id } of [returned, revoked, timed, urgent]) await untilClosed(service, id);
}

const installation = localInstallation('http://127.0.0.1:8787', aCatalogue());

/** Whether somebody in the service account with `*` on `*` may do it, under the resource's own policy. */
async function administratorMay(
  action: string,
  resource: string,
  resourcePolicy: PolicyDocument,
): Promise<boolean> {
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const administrator = `arn:aws:iam::${serviceAccount}:role/Administrator`;
  const outcome = await runSimulation(
    {
      request: {
        principal: administrator,
        action,
        resource: { resource, accountId: resource.split(':')[4] ?? '' },
        contextVariables: {
          'aws:PrincipalArn': administrator,
          'sts:SourceIdentity': 'ada@example.com',
          'sts:RoleSessionName': anId(),
          'aws:RequestTag/cs:request': anId(),
          'aws:RequestTag/cs:digest': 'a'.repeat(64),
        },
      },
      identityPolicies: [{ name: 'administrator', policy: everything }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType !== 'single') throw new Error(`Not evaluated: ${JSON.stringify(outcome)}`);
  return outcome.result.analysis.result === 'Allowed';
}

/** Has no way to a seal, a role, a record or a person. */
async function expectPowerless({ dynamodb, kms, sts, ses, sfn }: Clients): Promise<void> {
  const Key = { pk: { S: `REQUEST#${existing}` }, sk: { S: 'REQUEST' } };
  const calls = [
    dynamodb.send(
      new GetItemCommand({
        TableName: `arn:aws:dynamodb:us-east-1:${serviceAccount}:table/countersign`,
        Key,
      }),
    ),
    kms.send(
      new GenerateMacCommand({
        KeyId: `arn:aws:kms:us-east-1:${serviceAccount}:alias/countersign-requests`,
        Message: new Uint8Array([1]),
        MacAlgorithm: 'HMAC_SHA_256',
      }),
    ),
    sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn('orders-read', '111122223333'), RoleSessionName: anId() }),
    ),
    sts.send(new AssumeRoleCommand({ RoleArn: roleArn('notary'), RoleSessionName: anId() })),
    sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' })),
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: 'countersign@example.com',
        Destination: { ToAddresses: ['probe@example.com'] },
        Content: { Simple: { Subject: { Data: 'Probe' }, Body: { Text: { Data: 'Probe' } } } },
      }),
    ),
  ];
  for (const outcome of await Promise.all(calls.map(outcomeOf))) expect(outcome).toMatch(refused);
}

function tagsOf(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function keysOf(credentials: Credentials | undefined) {
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = credentials ?? {};
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('STS answered without credentials.');
  return { accessKeyId, secretAccessKey, sessionToken };
}
