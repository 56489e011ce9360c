import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AccessRequest } from '#domain/accessRequest.ts';
import type { HistoryEntry } from '#domain/history.ts';

/** Publishes history entries, one event each. At least once: consumers tell repeats by `hash`. */
export type PublishEvents = (request: AccessRequest, entries: readonly HistoryEntry[]) => Promise<void>;

/** PutEvents takes ten entries a call. */
const batchSize = 10;

export const eventBusWith =
  (eventBridge: EventBridgeClient, EventBusName: string): PublishEvents =>
  async (request, entries) => {
    for (let start = 0; start < entries.length; start += batchSize) {
      const Entries = entries.slice(start, start + batchSize).map((entry) => ({
        EventBusName,
        Source: 'countersign',
        DetailType: `Access request ${entry.event}`,
        Detail: JSON.stringify(eventDetail(request, entry)),
      }));
      const { FailedEntryCount } = await eventBridge.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount)
        throw new Error(`EventBridge refused ${FailedEntryCount} of ${Entries.length} events.`);
    }
  };

/** No words of the requester or approver: what listens may be a chat channel. */
function eventDetail({ terms, digest }: AccessRequest, { event, at, by, hash, detail }: HistoryEntry) {
  return {
    requestId: terms.id,
    event,
    at,
    by,
    entitlement: terms.entitlement,
    roleArn: terms.roleArn,
    breakGlass: terms.breakGlass,
    digest,
    hash,
    ...(detail?.start !== undefined && { startsAt: detail.start, endsAt: detail.end }),
  };
}
