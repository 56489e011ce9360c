import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Status } from '#domain/accessRequest.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import { log } from '../runtime/log.ts';
import { fromItem, type Item, type StoredRequest, toItem } from './requestItem.ts';

/** The table's requests: one item each, changed only by a conditional write on its `version`. */
export interface RequestStore {
  /** A consistent read; undefined when there is none. */
  load(id: string): Promise<StoredRequest | undefined>;
  /** In the order of the ids. Those that are not there, or cannot be read, are left out. */
  loadAll(ids: string[]): Promise<StoredRequest[]>;
  /** False when there is such a request already. */
  create(stored: StoredRequest, due: Instant | undefined): Promise<boolean>;
  /** Writes only what differs between the two. Throws a `conflict` refusal when the record has moved on. */
  save(before: StoredRequest, after: StoredRequest, due: Instant | undefined): Promise<StoredRequest>;
  /** Ids, newest first, older than the cursor. Hints only: load each before trusting it. */
  list(list: RequestList, page: { before?: string | undefined; limit: number }): Promise<string[]>;
  /** Lets the request turn up in an approver's list. */
  nameApprover(email: string, id: string): Promise<void>;
  /** Looks at a request again later, whatever state its record is in. */
  postpone(id: string, due: Instant): Promise<void>;
  /** Ids whose `dueAt` has passed, the longest overdue first. */
  overdue(now: Instant, limit: number): Promise<string[]>;
}

export type RequestList = { requester: string } | { approver: string } | { status: Status };

export const dueShards = ['0', '1', '2', '3'];

const requestKey = (id: string) => ({ pk: { S: `REQUEST#${id}` }, sk: { S: 'REQUEST' } });

export function requestStore(dynamodb: DynamoDBClient, tableName: string): RequestStore {
  const query = async (
    input: Omit<ConstructorParameters<typeof QueryCommand>[0], 'TableName'>,
  ): Promise<Item[]> => {
    const { Items = [] } = await dynamodb.send(new QueryCommand({ TableName: tableName, ...input }));
    return Items.map((item) => unmarshall(item));
  };

  /** Whoever writes beside the requests must not fill the index of what is due: it would keep `reconcile` from the rest. */
  const forget = async ({ pk, sk }: { pk: string; sk: string }): Promise<void> => {
    log('error', 'strayItem', { code: sk.slice(0, 40) });
    const Key = { pk: { S: pk }, sk: { S: sk } };
    await dynamodb
      .send(new UpdateItemCommand({ TableName: tableName, Key, UpdateExpression: 'REMOVE dueAt' }))
      .catch((error: unknown) => log('error', 'strayStays', { error }));
  };

  return {
    async load(id) {
      const input = { TableName: tableName, Key: requestKey(id), ConsistentRead: true };
      const { Item } = await dynamodb.send(new GetItemCommand(input));
      return Item && fromItem(unmarshall(Item));
    },

    async loadAll(ids) {
      if (ids.length === 0) return [];
      const found = new Map<string, StoredRequest>();
      let missing = ids;
      while (missing.length > 0) {
        const request = { [tableName]: { Keys: missing.map(requestKey), ConsistentRead: true } };
        const answer = await dynamodb.send(new BatchGetItemCommand({ RequestItems: request }));
        for (const item of answer.Responses?.[tableName] ?? []) {
          const stored = readable(unmarshall(item));
          if (stored) found.set(stored.request.terms.id, stored);
        }
        // DynamoDB hands back what it had no room or capacity for.
        const unprocessed = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
        missing = unprocessed.flatMap(({ pk }) => pk?.S?.slice('REQUEST#'.length) ?? []);
      }
      return ids.flatMap((id) => found.get(id) ?? []);
    },

    async create(stored, due) {
      const update = updateOf({}, toItem(stored, due));
      try {
        const condition = 'attribute_not_exists(pk)';
        await dynamodb.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: requestKey(stored.request.terms.id),
            ...update,
            ConditionExpression: condition,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async save(before, after, due) {
      const next = { ...after, version: before.version + 1 };
      const update = updateOf(toItem(before, before.dueAt), toItem(next, due));
      const input = {
        TableName: tableName,
        Key: requestKey(before.request.terms.id),
        ...update,
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#version': 'version' },
        ExpressionAttributeValues: {
          ...update.ExpressionAttributeValues,
          ':expected': { N: String(before.version) },
        },
        ReturnValues: 'ALL_NEW' as const,
      };
      try {
        const { Attributes = {} } = await dynamodb.send(new UpdateItemCommand(input));
        // The task token may have been written in between: it does not move the version.
        return fromItem(unmarshall(Attributes));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw new RefusalError(
          refuse('conflict', 'Somebody changed this request at the same moment. Look at it again.'),
        );
      }
    },

    async list(list, { before = '~', limit }) {
      const [index, key, value, sort] =
        'requester' in list
          ? ['byRequester', 'requesterKey', list.requester, 'id']
          : 'status' in list
            ? ['byStatus', 'status', list.status, 'id']
            : [undefined, 'pk', `APPROVER#${list.approver}`, 'sk'];
      const items = await query({
        IndexName: index,
        KeyConditionExpression: '#key = :value AND #sort < :before',
        ExpressionAttributeNames: { '#key': key, '#sort': sort },
        ExpressionAttributeValues: { ':value': { S: value }, ':before': { S: before } },
        ScanIndexForward: false,
        Limit: limit,
      });
      return items.map((item) => String(item[sort]));
    },

    async nameApprover(email, id) {
      const Key = { pk: { S: `APPROVER#${email}` }, sk: { S: id } };
      await dynamodb.send(new UpdateItemCommand({ TableName: tableName, Key }));
    },

    async postpone(id, due) {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: requestKey(id),
          UpdateExpression: 'SET dueAt = :due',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':due': { S: due } },
        }),
      );
    },

    async overdue(now, limit) {
      const shards = await Promise.all(
        dueShards.map((shard) =>
          query({
            IndexName: 'byDue',
            KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
            ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { S: now } },
            Limit: limit,
          }),
        ),
      );
      const items = shards.flat();
      const strays = items.filter(({ sk }) => sk !== 'REQUEST');
      await Promise.all(strays.map(({ pk, sk }) => forget({ pk: String(pk), sk: String(sk) })));
      const due = items
        .filter(({ sk }) => sk === 'REQUEST')
        .map((item) => [String(item.dueAt), String(item.pk).slice('REQUEST#'.length)] as const);
      return due
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, id]) => id)
        .slice(0, limit);
    },
  };
}

/** One damaged record must not keep anybody from all the others: it is left out, and shows in the log. */
function readable(item: Item): StoredRequest | undefined {
  try {
    return fromItem(item);
  } catch (error) {
    log('error', 'unreadable', { requestId: String(item.id), error });
    return undefined;
  }
}

/** The smallest update from one item to another: each function may write only attributes of its own. */
function updateOf(before: Item, after: Item) {
  const keys = new Set(['pk', 'sk']);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !keys.has(name),
  );
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const set = changed.filter((name) => after[name] !== undefined);
  const removed = changed.filter((name) => after[name] === undefined);
  const values = marshall(Object.fromEntries(set.map((name) => [`:${name}`, after[name]])), {
    removeUndefinedValues: true,
  });
  return {
    UpdateExpression: [
      set.length > 0 && `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`,
      removed.length > 0 && `REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
    ]
      .filter(Boolean)
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries(changed.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: values,
  };
}
