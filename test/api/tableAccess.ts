import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { eventually, type Service } from '../support/service.ts';

export type StoredItem = Record<string, AttributeValue>;

const account = '999988887777';

/** A role of the service's account, as the SDK takes it. */
export async function credentialsOf(service: Service, role: string) {
  return service.server.aws.credentialsFor(`arn:aws:iam::${account}:role/${role}`, 'test');
}

/** The request's item as it stands in the table. */
export async function readRecord(service: Service, id: string): Promise<StoredItem> {
  const dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: service.server.awsUrl,
    credentials: await credentialsOf(service, 'countersign-requests'),
  });
  const Key = { pk: { S: `REQUEST#${id}` }, sk: { S: 'REQUEST' } };
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: 'countersign', Key, ConsistentRead: true }),
  );
  dynamodb.destroy();
  if (!Item) throw new RangeError(`There is no record of ${id}.`);
  return Item;
}

/** The callback token of the workflow's current wait. */
export const taskTokenOf = (service: Service, id: string): Promise<string> =>
  eventually('the workflow to wait', async () => (await readRecord(service, id)).taskToken?.S);

/** Writes past the functions what somebody with access to the table could write, while the workflow waits. */
export async function alterRecord(
  service: Service,
  id: string,
  alter: (item: StoredItem) => void,
): Promise<void> {
  await taskTokenOf(service, id);
  const item = await readRecord(service, id);
  alter(item);
  await service.server.aws.seedItems(account, 'countersign', [item]);
}
