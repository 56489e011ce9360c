import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type DenyList, denyListSchema, emptyDenyList } from '#domain/denyList.ts';
import { RefusalError, refuse } from '#domain/errors.ts';

const itemSchema = z.object({ list: denyListSchema, version: z.number().int() });

/** One versioned deny list per target role. */
export interface DenyLists {
  load(roleArn: string): Promise<{ list: DenyList; version: number }>;
  /** Throws a `conflict` refusal when somebody else wrote meanwhile: load, add and save again. */
  save(roleArn: string, list: DenyList, expectedVersion: number): Promise<void>;
}

export function denyListsIn(dynamodb: DynamoDBClient, TableName: string): DenyLists {
  const keyOf = (roleArn: string) => ({ pk: { S: `DENYLIST#${roleArn}` }, sk: { S: 'DENYLIST' } });
  return {
    async load(roleArn) {
      const input = { TableName, Key: keyOf(roleArn), ConsistentRead: true };
      const { Item } = await dynamodb.send(new GetItemCommand(input));
      return Item ? itemSchema.parse(unmarshall(Item)) : { list: emptyDenyList, version: 0 };
    },
    async save(roleArn, list, expectedVersion) {
      const update = new UpdateItemCommand({
        TableName,
        Key: keyOf(roleArn),
        UpdateExpression: 'SET #list = :list, #version = :next',
        ConditionExpression: expectedVersion === 0 ? 'attribute_not_exists(pk)' : '#version = :expected',
        ExpressionAttributeNames: { '#list': 'list', '#version': 'version' },
        ExpressionAttributeValues: marshall({
          ':list': list,
          ':next': expectedVersion + 1,
          ...(expectedVersion > 0 && { ':expected': expectedVersion }),
        }),
      });
      try {
        await dynamodb.send(update);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        throw new RefusalError(refuse('conflict', 'Another grant of this role ended at the same moment.'));
      }
    },
  };
}
