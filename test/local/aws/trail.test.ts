import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import type { TrailRecord } from '#local/aws/trailRecord.ts';
import { openStore } from '#local/store.ts';
import {
  allow,
  clientFor,
  clientWith,
  clock,
  credentialsOf,
  functionRole,
  production,
  refusal,
  region,
  roleArn,
  service,
  startSampleEndpoint,
  stateMachineArn,
  temporaryFolder,
} from './sampleEndpoint.ts';

const roles = [functionRole('worker', [allow('*')])];
const ordersArn = roleArn(production, 'orders');
const assumeOrders = (more: object = {}) =>
  new AssumeRoleCommand({
    RoleArn: ordersArn,
    RoleSessionName: '01REQUEST',
    SourceIdentity: 'alice@example.com',
    Tags: [{ Key: 'cs:request', Value: '01REQUEST' }],
    ...more,
  });

/** Every record in the files of a trail folder, with the path of its file. */
function filed(directory: string): { path: string; record: TrailRecord }[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.gz'),
  );
  return files.flatMap((path) => {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(directory, path))).toString('utf8'));
    return Records.map((record: TrailRecord) => ({ path, record }));
  });
}

describe('records', () => {
  let endpoint: AwsEndpoint;
  beforeAll(async () => {
    endpoint = await startSampleEndpoint({ roles });
  });
  afterAll(() => endpoint.close());
  const last = (count = 1) => endpoint.trail().slice(-count);

  test("an AssumeRole into another account leaves the caller's record and the owner's copy", async () => {
    const issuer = new STSClient(await clientFor(endpoint, 'issuer'));
    const answer = await issuer.send(assumeOrders());
    const [callers, owners] = last(2);
    expect(callers).toMatchObject({
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${service}:assumed-role/issuer/function`,
        sessionContext: { sessionIssuer: { userName: 'issuer', arn: roleArn(service, 'issuer') } },
      },
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      requestParameters: {
        roleArn: ordersArn,
        roleSessionName: '01REQUEST',
        sourceIdentity: 'alice@example.com',
        tags: [{ key: 'cs:request', value: '01REQUEST' }],
        durationSeconds: 3600,
      },
      responseElements: {
        credentials: {
          accessKeyId: answer.Credentials?.AccessKeyId,
          sessionToken: answer.Credentials?.SessionToken,
        },
        assumedRoleUser: { arn: `arn:aws:sts::${production}:assumed-role/orders/01REQUEST` },
        sourceIdentity: 'alice@example.com',
      },
      readOnly: true,
      managementEvent: true,
      recipientAccountId: service,
      resources: [{ ARN: ordersArn, accountId: production, type: 'AWS::IAM::Role' }],
    });
    expect(callers?.eventTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(owners?.userIdentity).toEqual({
      type: 'AWSAccount',
      principalId: expect.stringMatching(/^AROA[A-Z2-7]{16}:function$/),
      accountId: service,
    });
    expect(owners?.recipientAccountId).toBe(production);
    expect(owners?.sharedEventID).toBe(callers?.sharedEventID);
    expect(owners?.eventID).not.toBe(callers?.eventID);
  });
  test('the secret key of a session stands in no record', async () => {
    const issuer = new STSClient(await clientFor(endpoint, 'issuer'));
    const answer = await issuer.send(assumeOrders());
    expect(JSON.stringify(endpoint.trail())).not.toContain(answer.Credentials?.SecretAccessKey);
  });
  test('a refused AssumeRole leaves one record, which names the role in its message only', async () => {
    const stranger = new STSClient(await clientFor(endpoint, 'stranger'));
    const before = endpoint.trail().length;
    await refusal(stranger.send(assumeOrders()));
    expect(endpoint.trail()).toHaveLength(before + 1);
    const [record] = last();
    expect(record).toMatchObject({
      errorCode: 'AccessDenied',
      requestParameters: null,
      responseElements: null,
    });
    expect(record?.errorMessage).toContain(ordersArn);
    expect(record).not.toHaveProperty('sharedEventID');
  });
  test('what a session does names its source identity and when it began', async () => {
    const issuer = new STSClient(await clientFor(endpoint, 'issuer'));
    const client = clientWith(endpoint, credentialsOf(await issuer.send(assumeOrders())));
    await new DynamoDBClient(client).send(
      new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } }),
    );
    expect(last()[0]).toMatchObject({
      eventSource: 'dynamodb.amazonaws.com',
      eventName: 'GetItem',
      eventCategory: 'Data',
      managementEvent: false,
      readOnly: true,
      requestParameters: { tableName: 'orders', key: { id: '1001' } },
      responseElements: null,
      recipientAccountId: production,
      userIdentity: {
        accessKeyId: client.credentials.accessKeyId,
        sessionContext: {
          sourceIdentity: 'alice@example.com',
          attributes: { creationDate: expect.stringMatching(/Z$/), mfaAuthenticated: 'false' },
        },
      },
    });
  });
  test('a refused call is recorded with the reason', async () => {
    const nobody = new DynamoDBClient(await clientFor(endpoint, 'nobody'));
    const key = { pk: { S: 'a' }, sk: { S: 'b' } };
    await refusal(nobody.send(new GetItemCommand({ TableName: 'requests', Key: key })));
    expect(last()[0]).toMatchObject({
      errorCode: 'AccessDenied',
      errorMessage: expect.stringContaining('no identity-based policy'),
    });
  });
  test('a function that starts is recorded as the service that assumed its role', async () => {
    await clientFor(endpoint, 'worker', 'countersign-worker');
    expect(last()[0]).toMatchObject({
      eventName: 'AssumeRole',
      userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
      requestParameters: { roleArn: roleArn(service, 'worker'), roleSessionName: 'countersign-worker' },
    });
  });
  test('no content of items, mails or executions gets into the trail', async () => {
    const canary = 'CANARY-7f3a';
    const settings = await clientFor(endpoint, 'worker');
    const Item = { pk: { S: 'a' }, sk: { S: 'b' }, secret: { S: canary } };
    await new DynamoDBClient(settings).send(new PutItemCommand({ TableName: 'requests', Item }));
    const content = { Subject: { Data: canary }, Body: { Text: { Data: canary } } };
    const mail = {
      FromEmailAddress: 'a@example.com',
      Destination: { ToAddresses: [`${canary}@example.com`] },
      Content: { Simple: content },
    };
    await new SESv2Client(settings).send(new SendEmailCommand(mail));
    const start = { stateMachineArn, name: 'canary', input: JSON.stringify({ canary }) };
    await new SFNClient(settings).send(new StartExecutionCommand(start));
    expect(last(3).map((record) => record.eventName)).toEqual(['PutItem', 'SendEmail', 'StartExecution']);
    expect(JSON.stringify(endpoint.trail())).not.toContain(canary);
  });
});

describe('files and restarts', () => {
  test('files lie in the layout of a real trail, one account each', async () => {
    const trailDirectory = temporaryFolder();
    const endpoint = await startSampleEndpoint({ roles, trailDirectory });
    await new STSClient(await clientFor(endpoint, 'issuer')).send(assumeOrders());
    await endpoint.close();
    const records = filed(trailDirectory);
    expect(records.map(({ record }) => record)).toEqual(expect.arrayContaining(endpoint.trail()));
    for (const { path, record } of records) {
      const account = record.recipientAccountId;
      const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
      expect(path).toMatch(
        new RegExp(
          `^AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_\\d{8}T\\d{4}Z_[A-Za-z0-9]{16}\\.json\\.gz$`,
        ),
      );
    }
  });
  test('after an end without warning nothing is lost and nothing doubled', async () => {
    const folder = temporaryFolder();
    const trailDirectory = join(folder, 'trail');
    const file = join(folder, 'store.db');
    const first = await startSampleEndpoint({ roles, trailDirectory, store: openStore(file) });
    await clientFor(first, 'worker', 'one');
    await first.flushTrail();
    await clientFor(first, 'worker', 'two');
    // No close: a second endpoint over the same files sees what a new process would after SIGKILL.
    const second = await startSampleEndpoint({ roles, trailDirectory, store: openStore(file) });
    await clientFor(second, 'worker', 'three');
    const names = (records: TrailRecord[]) =>
      records.map((record) => record.requestParameters?.roleSessionName);
    expect(names(second.trail())).toEqual(['one', 'two', 'three']);
    await second.flushTrail();
    const delivered = names(filed(trailDirectory).map(({ record }) => record));
    expect(delivered).toHaveLength(3);
    expect(new Set(delivered)).toEqual(new Set(['one', 'two', 'three']));
    await second.close();
    await first.close();
  });
  test('what could not be written to a file is written to it once it can be', async () => {
    const folder = temporaryFolder();
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'not a folder');
    const store = openStore(join(folder, 'store.db'));
    const first = await startSampleEndpoint({ roles, trailDirectory: blocked, store });
    await clientFor(first, 'worker', 'one');
    await expect(first.flushTrail()).rejects.toThrow('blocked');
    rmSync(blocked);
    await clientFor(first, 'worker', 'two');
    await first.flushTrail();
    expect(filed(blocked)).toHaveLength(2);
    await first.close();
    expect(filed(blocked)).toHaveLength(2);
  });
  test('sessions, items, mails, keys and role ids outlive a restart', async () => {
    const dataDirectory = temporaryFolder();
    const file = join(dataDirectory, 'store.db');
    const open = () => startSampleEndpoint({ roles, dataDirectory, store: openStore(file) });
    const first = await open();
    const settings = await clientFor(first, 'worker');
    const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
    await new DynamoDBClient(settings).send(new PutItemCommand({ TableName: 'requests', Item }));
    await first.close();
    const second = await open();
    const later = new DynamoDBClient({ ...settings, endpoint: second.url });
    const read = await later.send(new GetItemCommand({ TableName: 'requests', Key: Item }));
    expect(read.Item).toEqual(Item);
    expect(second.trail().at(-1)?.userIdentity).toMatchObject({
      principalId: first.trail().at(-1)?.userIdentity.principalId,
    });
    await second.close();
  });
});

test('calls are counted by service, operation and role', async () => {
  const endpoint = await startSampleEndpoint({ roles });
  const heard: string[] = [];
  const stop = endpoint.onCall((call) =>
    heard.push(`${call.principal} ${call.service}:${call.operation} ${call.errorCode ?? 'ok'}`),
  );
  await new STSClient(await clientFor(endpoint, 'issuer')).send(assumeOrders());
  await refusal(new STSClient(await clientFor(endpoint, 'nobody')).send(assumeOrders()));
  stop();
  expect(heard).toEqual(['issuer sts:AssumeRole ok', 'nobody sts:AssumeRole AccessDenied']);
  expect(endpoint.recordedCalls()).toHaveLength(2);
  await endpoint.close();
});
