// Reads one order from production: asks for access, waits until somebody has approved it, reads, and gives the access back.
//   COUNTERSIGN_URL=https://access.example.com COUNTERSIGN_TOKEN=… AWS_REGION=us-east-1 node readOrder.ts 1001
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { countersign } from 'countersign';

const { COUNTERSIGN_URL = 'http://127.0.0.1:8787', COUNTERSIGN_TOKEN = '' } = process.env;
const [order = '1001'] = process.argv.slice(2);

const service = countersign({ url: COUNTERSIGN_URL, token: async () => COUNTERSIGN_TOKEN });
const access = service.request({
  entitlement: 'orders-read',
  duration: 'PT2H',
  justification: `A customer asks where order ${order} is`,
  ticket: 'INC-42',
});
await access.active({ onChange: ({ id, status }) => console.error(`Request ${id} is ${status}.`) });

// Sessions last an hour at most, grants longer: the SDK asks for the next one by itself.
const dynamodb = new DynamoDBClient({ credentials: access.credentials });
try {
  const command = new GetItemCommand({ TableName: 'orders', Key: { id: { S: order } } });
  const { Item } = await dynamodb.send(command);
  console.log(JSON.stringify(Item));
} finally {
  await access.end();
}
