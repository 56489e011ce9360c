import type { KeptEvent } from '../reader/keptEvent.ts';
import { compare } from '../reader/textOrder.ts';
import { accessKeyOf } from './issuedCredentials.ts';

/** The records of one call: one, or the caller's copy and then the role owner's. */
export type CallRecords = [KeptEvent, ...KeptEvent[]];

/**
 * One entry for each call. A call across accounts is logged in both: the copies have the same `sharedEventID`, and where the log
 * of one account is not there, the other copy stands alone. Records of one account, or of two keys, are never one call.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (sharedEventID)
 */
export function callsOf(events: readonly KeptEvent[]): CallRecords[] {
  const alone = events.filter(({ sharedEventId }) => sharedEventId === undefined);
  const shared = Map.groupBy(
    events.filter(({ sharedEventId }) => sharedEventId !== undefined),
    ({ sharedEventId, name }) => `${name} ${sharedEventId}`,
  );
  const calls = [...shared.values()].flatMap(callsOfCopies);
  return [...alone.map((event): CallRecords => [event]), ...calls].sort(([a], [b]) => order(a, b));
}

/** Accounts that take part in one call; in exports that mask ids, many calls seem to be one. */
const mostCopies = 4;

function callsOfCopies(copies: KeptEvent[]): CallRecords[] {
  if (copies.length > mostCopies) return copies.map((copy) => [copy]);
  const calls: CallRecords[] = [];
  for (const copy of copies.sort(callersCopyFirst)) {
    const call = calls.find((records) => records.every((record) => mayBeOneCall(record, copy)));
    if (call) call.push(copy);
    else calls.push([copy]);
  }
  return calls;
}

function mayBeOneCall(one: KeptEvent, other: KeptEvent): boolean {
  const [key, otherKey] = [accessKeyOf(one), accessKeyOf(other)];
  return one.account !== other.account && (key === undefined || otherKey === undefined || key === otherKey);
}

/** The owner's copy has no ARN. */
const callersCopyFirst = (one: KeptEvent, other: KeptEvent): number =>
  Number(one.caller.arn === undefined) - Number(other.caller.arn === undefined) || order(one, other);

const order = (one: KeptEvent, other: KeptEvent): number =>
  compare(one.at, other.at) || compare(one.id, other.id);
