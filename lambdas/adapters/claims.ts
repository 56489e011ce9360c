import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Instant, instantSchema, millisecondsOf } from '#domain/instant.ts';
import { digestSchema, requestIdSchema } from '#domain/terms.ts';

const claimSchema = z.object({
  requestId: requestIdSchema,
  bodyHash: digestSchema,
  claimedUntil: instantSchema,
});

/** Who came first: an idempotency key, or a person's one unreviewed break-glass. */
export type Claim = z.infer<typeof claimSchema>;

export interface Claims {
  /** The claim that stands: ours, or the one that was there before and has not run out. */
  make(key: string, claim: Claim, now: Instant): Promise<Claim>;
  /** Puts our claim in the place of one that proved stale. False when somebody else was quicker. */
  replace(key: string, stale: Claim, claim: Claim): Promise<boolean>;
}

export function claimsIn(dynamodb: DynamoDBClient, TableName: string): Claims {
  const keyOf = (key: string) => ({ pk: { S: key }, sk: { S: 'CLAIM' } });
  const write = async (
    key: string,
    claim: Claim,
    condition: { text: string; values: Record<string, string> },
  ): Promise<boolean> => {
    const values = {
      ':requestId': claim.requestId,
      ':bodyHash': claim.bodyHash,
      ':claimedUntil': claim.claimedUntil,
      // DynamoDB's time to live is housekeeping only: every read checks `claimedUntil` itself.
      ':ttl': Math.ceil(millisecondsOf(claim.claimedUntil) / 1000),
    };
    const update = new UpdateItemCommand({
      TableName,
      Key: keyOf(key),
      UpdateExpression:
        'SET requestId = :requestId, bodyHash = :bodyHash, claimedUntil = :claimedUntil, #ttl = :ttl',
      ConditionExpression: condition.text,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall({ ...values, ...condition.values }),
    });
    try {
      await dynamodb.send(update);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    async make(key, claim, now) {
      const made = await write(key, claim, {
        text: 'attribute_not_exists(pk) OR claimedUntil <= :now',
        values: { ':now': now },
      });
      if (made) return claim;
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true }),
      );
      // Gone between write and read: time to live removed it.
      return Item ? claimSchema.parse(unmarshall(Item)) : this.make(key, claim, now);
    },
    replace: (key, stale, claim) =>
      write(key, claim, { text: 'requestId = :stale', values: { ':stale': stale.requestId } }),
  };
}
