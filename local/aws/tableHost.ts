import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import dynalite from 'dynalite';
import type { TableDefinition } from '#infra/definitions.ts';

export interface DynamoAnswer {
  status: number;
  /** JSON text. */
  body: string;
}

/** The tables of one account. */
export interface TableHost {
  send(operation: string, body: string): Promise<DynamoAnswer>;
  close(): Promise<void>;
}

/** dynalite wants to see a signature, and does not check it: the endpoint has. */
const dynaliteHeaders = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
  'x-amz-date': '20260101T000000Z',
};

/** Starts dynalite for one account and creates the tables that are not there yet. */
export async function startTableHost(options: {
  tables: TableDefinition[];
  /** LevelDB folder; memory when absent. */
  directory?: string;
}): Promise<TableHost> {
  const server = dynalite({
    ...(options.directory && { path: options.directory }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  // dynalite closes its database only when its server stops listening. The socket lies in a folder that
  // only this user can enter; requests are handed over in memory and nobody connects to it.
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tables-'));
  server.listen(join(folder, 'dynalite.sock'));
  await once(server, 'listening');

  const send = (operation: string, body: string): Promise<DynamoAnswer> =>
    new Promise((resolve) => {
      const request = Object.assign(new PassThrough(), {
        method: 'POST',
        url: '/',
        headers: { ...dynaliteHeaders, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const response = {
        statusCode: 200,
        setHeader() {},
        end(text = '') {
          resolve({ status: response.statusCode, body: text });
        },
      };
      server.emit('request', request, response);
      request.end(body);
    });
  for (const table of options.tables) await createTable(table, send);
  return {
    send,
    async close() {
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createTable(table: TableDefinition, send: TableHost['send']): Promise<void> {
  const keySchema = (partitionKey: string, sortKey?: string) => [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    ...(sortKey ? [{ AttributeName: sortKey, KeyType: 'RANGE' }] : []),
  ];
  const keys = [table, ...table.indexes].flatMap((entry) => [
    entry.partitionKey,
    entry.sortKey ?? entry.partitionKey,
  ]);
  const indexes = table.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, index.sortKey),
    Projection: { ProjectionType: 'KEYS_ONLY' },
  }));
  const description = {
    TableName: table.name,
    KeySchema: keySchema(table.partitionKey, table.sortKey),
    AttributeDefinitions: [...new Set(keys)].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
  const answer = await send('CreateTable', JSON.stringify(description));
  if (answer.status !== 200 && !answer.body.includes('ResourceInUseException'))
    throw new Error(`Table ${table.name} could not be created: ${answer.body}`);
  await untilActive(table.name, send);
}

async function untilActive(name: string, send: TableHost['send']): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { body } = await send('DescribeTable', JSON.stringify({ TableName: name }));
    if (body.includes('"TableStatus":"ACTIVE"') && !body.includes('"IndexStatus":"CREATING"')) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Table ${name} did not become active.`);
}
