import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { fromItem, type Item, type StoredRequest, toItem } from '../../lambdas/adapters/requestItem.ts';
import { eventually, type Service } from './service.ts';

export const serviceAccount = '999988887777';
const TableName = 'countersign';

/** The service's table for somebody who got hold of it: reads as `requests` does, writes whatever they like. */
export interface RequestTable {
  /** Fails when there is no such request. */
  item(id: string): Promise<Item>;
  load(id: string): Promise<StoredRequest>;
  put(item: Item): Promise<void>;
  /** Rewrites a record in place; its version stays, as an attacker would leave it. */
  edit(id: string, change: (stored: StoredRequest) => StoredRequest): Promise<void>;
  /**
   * The record once its workflow sleeps and nothing is owed: the callback token is another than `since`, and every history
   * entry is notarised and announced. Until then an edit would only lose a race with the service's own writes.
   */
  asleep(id: string, since?: string): Promise<StoredRequest>;
}

export function requestTableOf(service: Service): RequestTable {
  const { aws, awsUrl } = service.server;
  const role = `arn:aws:iam::${serviceAccount}:role/countersign-requests`;
  const dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: awsUrl,
    credentials: () => aws.credentialsFor(role, 'table-reader'),
  });
  const item = async (id: string): Promise<Item> => {
    const Key = { pk: { S: `REQUEST#${id}` }, sk: { S: 'REQUEST' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    if (!Item) throw new Error(`There is no request ${id}.`);
    return unmarshall(Item);
  };
  const put = (changed: Item): Promise<void> =>
    aws.seedItems(serviceAccount, TableName, [marshall(changed, { removeUndefinedValues: true })]);
  const load = async (id: string): Promise<StoredRequest> => fromItem(await item(id));
  return {
    item,
    load,
    put,
    async edit(id, change) {
      const stored = await load(id);
      await put(toItem(change(stored), stored.dueAt));
    },
    async asleep(id, since) {
      // Until the next wait begins, the token of the one before still stands on the record.
      await service.server.host.quiet();
      return eventually(`the workflow of ${id} to sleep`, async () => {
        const stored = await load(id);
        const { history } = stored.request;
        const { taskToken, announced, noticed } = stored.upkeep;
        const told = Math.min(announced, noticed);
        const owes = told < history.length || history.some(({ notary }) => notary === undefined);
        return taskToken !== undefined && taskToken !== since && !owes && stored;
      });
    },
  };
}
