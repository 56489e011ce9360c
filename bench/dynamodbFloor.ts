import { requestTable } from '#infra/requestTable.ts';
import { startTableHost, type TableHost } from '#local/aws/tableHost.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';

/** About the size of a record in the middle of its life, in characters. */
const recordSize = 8_000;

/** Seconds that the DynamoDB emulator alone takes for so many calls of each operation, some of them at a time. */
export const floorSeconds = (operations: Record<string, number>, concurrency: number): Promise<number> =>
  inTemporaryFolder(async (directory) => {
    const host = await startTableHost({ tables: [requestTable], directory });
    try {
      const calls = Object.entries(operations).flatMap(([operation, count]) =>
        Array.from({ length: count }, () => operation),
      );
      // Spread evenly, as they came.
      const shuffled = calls
        .map((operation, index) => ({ operation, place: (index * 7_919) % calls.length }))
        .sort((a, b) => a.place - b.place);
      for (let record = 0; record < records; record += 1) await call(host, 'UpdateItem', record);
      const began = performance.now();
      let next = 0;
      const work = async () => {
        for (let index = next++; index < shuffled.length; index = next++)
          await call(host, shuffled[index]?.operation ?? '', index % records);
      };
      await Promise.all(Array.from({ length: concurrency }, work));
      return (performance.now() - began) / 1_000;
    } finally {
      await host.close();
    }
  });

const records = 100;

async function call(host: TableHost, operation: string, record: number): Promise<void> {
  const parameters = parametersOf(operation, `REQUEST#${record}`);
  const { status, body } = await host.send(
    operation,
    JSON.stringify({ TableName: requestTable.name, ...parameters }),
  );
  if (status !== 200) throw new Error(`${operation}: ${body}`);
}

function parametersOf(operation: string, pk: string): object {
  const Key = { pk: { S: pk }, sk: { S: 'REQUEST' } };
  switch (operation) {
    case 'GetItem':
      return { Key, ConsistentRead: true };
    case 'UpdateItem':
      return {
        Key,
        UpdateExpression: 'SET #history = :history, #version = :version',
        ConditionExpression: 'attribute_not_exists(pk) OR #version = :version',
        ExpressionAttributeNames: { '#history': 'history', '#version': 'version' },
        ExpressionAttributeValues: { ':history': { S: 'h'.repeat(recordSize) }, ':version': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      };
    case 'Query':
      return {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        Limit: 50,
      };
    default:
      throw new RangeError(`The floor does not know ${operation}.`);
  }
}
