import type { AccessRequest } from '#domain/accessRequest.ts';
import type { Attester, EventName, HistoryEntry } from '#domain/history.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { endSessionPolicy } from '#domain/sessionPolicy.ts';
import {
  assumeRoleRecords,
  type CloudTrailRecord,
  functionSession,
  notaryRecord,
  serviceAccount,
} from './records.ts';

/** Who attests an event as long as nothing fails. */
export const usualAttester: Record<EventName, Attester> = {
  requested: 'requests',
  approved: 'decisions',
  denied: 'decisions',
  cancelled: 'requests',
  expired: 'notifyApprovers',
  issued: 'issueSession',
  returned: 'requests',
  revoked: 'decisions',
  ended: 'endGrant',
  failed: 'issueSession',
  reviewed: 'decisions',
  closed: 'endGrant',
};

export interface RecordOptions {
  /** Seconds from an entry to its evidence. */
  delay?: number;
  attester?: Attester;
  /** The service account. */
  account?: string;
}

/** Entries of some events that were put on record otherwise. */
export type AttestedHow = Partial<Record<EventName, RecordOptions>>;

/** The tags that the notary session of an entry carries. */
export const tagsOf = (
  { terms, digest, history }: AccessRequest,
  entry: HistoryEntry,
): Record<string, string | undefined> => {
  const textOf = (value: string | number | undefined) => (value === undefined ? undefined : String(value));
  return {
    'cs:event': entry.event,
    'cs:entitlement': terms.entitlement,
    'cs:digest': digest,
    'cs:hash': entry.hash,
    'cs:previous': entry.previous,
    'cs:catalogue': textOf(history[0]?.detail?.catalogue),
    'cs:ticket': terms.ticket,
    'cs:start': textOf(entry.detail?.start),
    'cs:end': textOf(entry.detail?.end),
    'cs:breakGlass': textOf(entry.detail?.breakGlass),
  };
};

/** The evidence of one history entry. */
export function evidenceRecord(
  request: AccessRequest,
  entry: HistoryEntry,
  { delay = 1, attester = usualAttester[entry.event], account = serviceAccount }: RecordOptions = {},
): CloudTrailRecord {
  return notaryRecord({
    at: addSeconds(entry.at, delay),
    attester,
    requestId: request.terms.id,
    by: entry.by,
    tags: tagsOf(request, entry),
    account,
  });
}

/** Both copies of the AssumeRole that an `issued` entry speaks of. Sessions live for 900 seconds. */
export function issuingRecords(
  { terms, digest, decisions }: AccessRequest,
  { detail }: HistoryEntry,
  { account = serviceAccount }: RecordOptions = {},
): CloudTrailRecord[] {
  const stsExpiresAt: Instant = String(detail?.stsExpiresAt);
  const approvers = decisions.filter(({ decision }) => decision === 'approve');
  return assumeRoleRecords({
    at: addSeconds(stsExpiresAt, -900),
    caller: functionSession('issueSession', account),
    roleArn: terms.roleArn,
    sessionName: terms.id,
    sourceIdentity: sourceIdentityOf(terms.requester),
    policy: endSessionPolicy(terms.sessionPolicy, String(detail?.end)),
    policyArns: terms.policyArns,
    tags: {
      'cs:request': terms.id,
      'cs:digest': digest,
      'cs:ticket': terms.ticket,
      ...Object.fromEntries(
        approvers.map(({ approver }, index) => [`cs:approver${index + 1}`, sourceIdentityOf(approver)]),
      ),
    },
    accessKeyId: String(detail?.accessKeyId),
  });
}

/** All that CloudTrail has of a request: each entry attested, each session assumed right before. */
export const recordsOfRequest = (
  request: AccessRequest,
  { each, ...options }: RecordOptions & { each?: AttestedHow } = {},
): CloudTrailRecord[] =>
  request.history.flatMap((entry) => [
    ...(entry.event === 'issued' ? issuingRecords(request, entry, options) : []),
    evidenceRecord(request, entry, { ...options, ...each?.[entry.event] }),
  ]);
