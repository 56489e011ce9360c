import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import { namesInExpression } from '#local/aws/services/expressionAttributes.ts';
import {
  allow,
  clientFor,
  functionRole,
  production,
  refusal,
  region,
  service,
  startSampleEndpoint,
} from './sampleEndpoint.ts';

const table = `arn:aws:dynamodb:${region}:${service}:table/requests`;
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'REQUEST' } });

let endpoint: AwsEndpoint;
let writer: DynamoDBClient;
let limited: DynamoDBClient;

beforeAll(async () => {
  const limitedRole = functionRole('limited', [
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
      Resource: table,
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'status', 'version'] },
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'REQUEST#*' },
        StringEqualsIfExists: {
          'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
          'dynamodb:ReturnValues': ['NONE', 'UPDATED_NEW'],
        },
      },
    },
  ]);
  const writerRole = functionRole('writer', [
    allow('dynamodb:*', [table, `${table}/index/*`, `arn:aws:dynamodb:${region}:${production}:table/orders`]),
    allow('dynamodb:ListTables'),
  ]);
  endpoint = await startSampleEndpoint({ roles: [limitedRole, writerRole] });
  writer = new DynamoDBClient(await clientFor(endpoint, 'writer'));
  limited = new DynamoDBClient(await clientFor(endpoint, 'limited'));
});
afterAll(() => endpoint.close());

describe('items', () => {
  test('what is put can be read, updated on a condition, queried by index and deleted', async () => {
    const Item = { ...key('REQUEST#1'), status: { S: 'pending' }, dueAt: { S: '2026' }, version: { N: '1' } };
    await writer.send(new PutItemCommand({ TableName: 'requests', Item }));
    const updated = await writer.send(
      new UpdateItemCommand({
        TableName: 'requests',
        Key: key('REQUEST#1'),
        UpdateExpression: 'SET version = version + :one',
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':seen': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(updated.Attributes?.version).toEqual({ N: '2' });
    const due = await writer.send(
      new QueryCommand({
        TableName: 'requests',
        IndexName: 'byStatus',
        KeyConditionExpression: '#status = :pending AND dueAt < :now',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pending': { S: 'pending' }, ':now': { S: '2027' } },
      }),
    );
    expect(due.Items).toHaveLength(1);
    const batch = await writer.send(
      new BatchGetItemCommand({ RequestItems: { requests: { Keys: [key('REQUEST#1')] } } }),
    );
    expect(batch.Responses?.requests).toHaveLength(1);
    await writer.send(new DeleteItemCommand({ TableName: 'requests', Key: key('REQUEST#1') }));
    expect((await writer.send(new ScanCommand({ TableName: 'requests' }))).Items).toEqual([]);
  });
  test('a condition that fails raises the SDK class, with the item if asked for', async () => {
    await writer.send(
      new PutItemCommand({ TableName: 'requests', Item: { ...key('REQUEST#2'), status: { S: 'denied' } } }),
    );
    const again = new PutItemCommand({
      TableName: 'requests',
      Item: key('REQUEST#2'),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const error = await refusal(writer.send(again));
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item: { status: { S: 'denied' } } });
  });
  test('a table is found in the account of the caller', async () => {
    const error = await refusal(
      writer.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } })),
    );
    expect(error.name).toBe('AccessDeniedException');
    expect(error.message).toContain(
      `table/orders because no identity-based policy allows the dynamodb:GetItem action`,
    );
    expect((await writer.send(new ListTablesCommand())).TableNames).toEqual(['requests']);
  });
  test("another account's table is closed, whatever the caller's own policy allows", async () => {
    const orders = `arn:aws:dynamodb:${region}:${production}:table/orders`;
    const error = await refusal(
      writer.send(new GetItemCommand({ TableName: orders, Key: { id: { S: '1001' } } })),
    );
    expect(error.name).toBe('AccessDeniedException');
  });
  test('a table describes itself under its own ARN, and can be named by it', async () => {
    const described = await writer.send(new DescribeTableCommand({ TableName: table }));
    expect(described.Table).toMatchObject({ TableArn: table, TableStatus: 'ACTIVE' });
    await expect(
      writer.send(new GetItemCommand({ TableName: table, Key: key('none') })),
    ).resolves.toBeDefined();
  });
  test('an operation that Countersign does not use is unknown', async () => {
    const error = await refusal(writer.send(new TransactWriteItemsCommand({ TransactItems: [] })));
    expect(error.name).toBe('UnknownOperationException');
  });
});

describe('conditions on attributes', () => {
  const update = (UpdateExpression: string, more: object = {}) =>
    limited.send(
      new UpdateItemCommand({
        TableName: 'requests',
        Key: key('REQUEST#3'),
        UpdateExpression,
        ExpressionAttributeNames: { '#a': 'status' },
        ExpressionAttributeValues: { ':a': { S: 'a' } },
        ...more,
      }),
    );

  test('a role writes the attributes it was given, also under an alias', async () => {
    await expect(update('SET #a = :a')).resolves.toBeDefined();
  });
  test('an alias does not hide another attribute', async () => {
    const hidden = { ExpressionAttributeNames: { '#a': 'decisions' } };
    expect((await refusal(update('SET #a = :a', hidden))).name).toBe('AccessDeniedException');
  });
  test('an attribute in a condition counts as well', async () => {
    const condition = { ConditionExpression: 'attribute_exists(decisions)' };
    expect((await refusal(update('SET #a = :a', condition))).name).toBe('AccessDeniedException');
  });
  test('the older parameters count as well', async () => {
    const older = new UpdateItemCommand({
      TableName: 'requests',
      Key: key('REQUEST#3'),
      AttributeUpdates: { decisions: { Value: { S: 'x' }, Action: 'PUT' } },
    });
    expect((await refusal(limited.send(older))).name).toBe('AccessDeniedException');
  });
  test('another partition is closed', async () => {
    expect((await refusal(update('SET #a = :a', { Key: key('PERSON#1') }))).name).toBe(
      'AccessDeniedException',
    );
  });
  test('reading everything, and returning what was there before, are closed', async () => {
    const read = new GetItemCommand({ TableName: 'requests', Key: key('REQUEST#3') });
    expect((await refusal(limited.send(read))).name).toBe('AccessDeniedException');
    const some = new GetItemCommand({
      TableName: 'requests',
      Key: key('REQUEST#3'),
      ProjectionExpression: 'version',
    });
    await expect(limited.send(some)).resolves.toBeDefined();
    expect((await refusal(update('SET #a = :a', { ReturnValues: 'ALL_OLD' }))).name).toBe(
      'AccessDeniedException',
    );
  });
  test('a query must name its partition', async () => {
    const query = (pk: string) =>
      limited.send(
        new QueryCommand({
          TableName: 'requests',
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ProjectionExpression: 'sk',
        }),
      );
    await expect(query('REQUEST#3')).resolves.toBeDefined();
    expect((await refusal(query('PERSON#1'))).name).toBe('AccessDeniedException');
  });
});

test.each([
  ['SET a = :a, #b.c[0].d = if_not_exists(e, :e) REMOVE f[1]', ['a', 'beta', 'e', 'f']],
  ['attribute_not_exists(pk) OR (version = :v AND size(tags) > :n)', ['pk', 'version', 'tags']],
  ['NOT contains(#b, :x) AND d BETWEEN :lo AND :hi', ['beta', 'd']],
  ['ADD count :one DELETE colours :blue', ['count', 'colours']],
])('top-level attributes of %s', (expression, names) => {
  expect(namesInExpression(expression, { '#b': 'beta' })).toEqual(names);
});
