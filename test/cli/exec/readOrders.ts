import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { realNow } from '../../../local/clock.ts';

/**
 * A program that runs for long: for each line on stdin it reads an order with the SDK's default credentials, and passes on what the AWS CLI
 * said. Its clock may be moved; requests are signed with the real time.
 */
const client = new DynamoDBClient({
  region: 'us-east-1',
  endpoint: process.argv[2] ?? '',
  systemClockOffset: realNow() - Date.now(),
});

for await (const line of createInterface({ input: process.stdin })) {
  if (!/^(first|second)$/.test(line)) {
    if (line.includes('Harbour Books')) process.stdout.write('cli: read\n');
    continue;
  }
  client.config.systemClockOffset = realNow() - Date.now();
  const { Item } = await client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } }));
  process.stdout.write(`${line}: ${Item?.customer?.S}\n`);
}
