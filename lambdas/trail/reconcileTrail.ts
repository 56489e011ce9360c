import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Assumption, entersTarget, orphanOf } from '#domain/outOfBand.ts';
import { requestIdSchema } from '#domain/terms.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';
import { assumptionOf, isAssumption, type TrailRecord, trailRecordOf } from './trailEvent.ts';

/** On cold start only. */
const store = requestStore(new DynamoDBClient(), readConfig('tableName').tableName);

/**
 * Called with CloudTrail events of roles that were assumed and of what guards them, some minutes old: whatever was issued
 * is on record by then. What cannot be read is tried again and then kept for somebody to look at, without holding up the rest.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const serviceAccount = context.invokedFunctionArn.split(':')[4] ?? '';
  const failed = await Promise.all(
    event.Records.map(async ({ messageId, body }) => {
      try {
        const record = trailRecordOf(body);
        if (record) await compare(record, serviceAccount);
        return [];
      } catch (error) {
        log('warn', 'trailUnread', { error });
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}

/** The rules leave out who may change what guards: any other event than AssumeRole that comes here is tampering. */
async function compare(record: TrailRecord, serviceAccount: string): Promise<void> {
  // With CloudTrail's id of the event, by which the whole record can be looked up.
  const code = (what: string): string => `${what} ${record.eventID}`;
  if (!isAssumption(record)) return log('error', 'tampering', { code: code(record.eventName) });
  // A refused call names neither role nor session.
  if (record.errorCode !== undefined)
    return log('warn', 'refusedAssumeRole', { code: code(record.errorCode) });
  const assumption = assumptionOf(record);
  const requestId = requestOf(assumption, serviceAccount);
  const request = requestId === undefined ? undefined : (await store.load(requestId))?.request;
  const orphan = orphanOf(assumption, { serviceAccount, request });
  if (orphan) log('error', 'outOfBand', { code: code(orphan), requestId });
}

/** The request that a session of a target role is named after. */
function requestOf(assumption: Assumption, serviceAccount: string): string | undefined {
  if (!entersTarget(assumption, serviceAccount)) return undefined;
  const { success, data } = requestIdSchema.safeParse(assumption.sessionName);
  return success ? data : undefined;
}
