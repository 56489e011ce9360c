import { createHash } from 'node:crypto';
import type { Attester } from '#domain/history.ts';
import { addSeconds, type Instant, millisecondsOf } from '#domain/instant.ts';

/** A record as CloudTrail writes it: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export interface CloudTrailRecord {
  [field: string]: unknown;
  userIdentity: Record<string, unknown>;
  eventTime: Instant;
  eventSource: string;
  eventName: string;
  eventID: string;
  requestParameters: Record<string, unknown> | null;
  responseElements: Record<string, unknown> | null;
  recipientAccountId: string;
}

/** What a test changes in a record. */
export type Over = Partial<CloudTrailRecord>;

export const serviceAccount = '999988887777';
export const targetAccount = '111122223333';
export const notaryRole = `arn:aws:iam::${serviceAccount}:role/countersign-notary`;

/** Stands in every record that issues credentials, as it does in real logs: it must not be seen anywhere else. */
export const loggedSessionToken = 'IQoJb3JpZ2luX2VjTHISxISxAxSESSIONxTOKENxANDxSTAYSxINxTHExLOG';

/** A session of a role: who makes a call. */
export interface RoleSession {
  roleArn: string;
  sessionName: string;
  accessKeyId: string;
  createdAt: Instant;
  sourceIdentity?: string | undefined;
}

/** `orders-read` → the ARN of the role that the target stack deploys for it. */
export const targetRole = (name: string, account = targetAccount): string =>
  `arn:aws:iam::${account}:role/countersign-${name}`;

/** The session of one of Countersign's functions: Lambda names it after the function. */
export function functionSession(attester: Attester, account = serviceAccount): RoleSession {
  const name = `countersign-${attester.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const roleArn = `arn:aws:iam::${account}:role/${name}`;
  return {
    roleArn,
    sessionName: name,
    accessKeyId: keyFor(roleArn),
    createdAt: '2026-11-22T09:00:00Z',
  };
}

export interface Assumption {
  at: Instant;
  caller: RoleSession;
  roleArn: string;
  sessionName: string;
  /** Seconds. */
  duration?: number;
  sourceIdentity?: string | undefined;
  /** Session policy, as a text. */
  policy?: string;
  policyArns?: string[];
  tags?: Record<string, string | undefined>;
  /** Of the session that comes out of it. */
  accessKeyId?: string;
}

/** An AssumeRole that succeeded, as the caller's account has it. Into another account, `ownersCopy` is the other one. */
export function assumeRoleRecord(assumption: Assumption, over: Over = {}): CloudTrailRecord {
  const { at, caller, roleArn, sessionName, duration = 900, sourceIdentity, tags = {} } = assumption;
  const ownerAccount = accountOf(roleArn);
  const sharedBy = ownerAccount !== accountOf(caller.roleArn);
  return record(
    {
      userIdentity: identityOf(caller),
      eventTime: at,
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      requestParameters: {
        roleArn,
        roleSessionName: sessionName,
        durationSeconds: duration,
        ...(sourceIdentity !== undefined && { sourceIdentity }),
        ...(assumption.policy !== undefined && { policy: assumption.policy }),
        ...(assumption.policyArns && { policyArns: assumption.policyArns.map((arn) => ({ arn })) }),
        tags: Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
      },
      responseElements: {
        credentials: {
          accessKeyId: assumption.accessKeyId ?? keyFor(JSON.stringify(assumption)),
          expiration: stsDate(addSeconds(at, duration)),
          sessionToken: loggedSessionToken,
        },
        assumedRoleUser: {
          assumedRoleId: `${roleIdOf(roleArn)}:${sessionName}`,
          arn: sessionArnOf({ roleArn, sessionName }),
        },
        packedPolicySize: 61,
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
      resources: [{ accountId: ownerAccount, type: 'AWS::IAM::Role', ARN: roleArn }],
      ...(sharedBy && { sharedEventID: uuidFor(JSON.stringify(['shared', assumption])) }),
      recipientAccountId: accountOf(caller.roleArn),
    },
    over,
  );
}

/** The role owner's copy of an AssumeRole from another account: it shows neither the caller's ARN nor its role. */
export function ownersCopy(callers: CloudTrailRecord, over: Over = {}): CloudTrailRecord {
  const { principalId, accountId } = callers.userIdentity;
  return {
    ...callers,
    userIdentity: { type: 'AWSAccount', principalId, accountId },
    eventID: uuidFor(`${callers.eventID} owner`),
    recipientAccountId: accountOf(String(callers.requestParameters?.roleArn)),
    ...over,
  };
}

/** Both copies of an AssumeRole into another account. */
export function assumeRoleRecords(assumption: Assumption): CloudTrailRecord[] {
  const callers = assumeRoleRecord(assumption);
  return [callers, ownersCopy(callers)];
}

/** An AssumeRole that STS refused: which role it was stands in the message alone. */
export const refusedAssumeRoleRecord = (
  { at, caller, roleArn }: Pick<Assumption, 'at' | 'caller' | 'roleArn'>,
  over: Over = {},
): CloudTrailRecord =>
  record(
    {
      userIdentity: identityOf(caller),
      eventTime: at,
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      errorCode: 'AccessDenied',
      errorMessage: `User: ${sessionArnOf(caller)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      requestParameters: null,
      responseElements: null,
      recipientAccountId: accountOf(caller.roleArn),
    },
    over,
  );

export interface Attestation {
  at: Instant;
  attester: Attester;
  requestId: string;
  /** SourceIdentity: the actor. */
  by: string;
  /** All that the notary session carries, `cs:event`, `cs:hash` and so on. */
  tags: Record<string, string | undefined>;
  /** The service account. */
  account?: string;
}

/** An AssumeRole of the notary role: one piece of evidence. `notaryRecords` in requestRecords.ts makes those of a whole request. */
export const notaryRecord = (
  { at, attester, requestId, by, tags, account = serviceAccount }: Attestation,
  over: Over = {},
): CloudTrailRecord =>
  assumeRoleRecord(
    {
      at,
      caller: functionSession(attester, account),
      roleArn: `arn:aws:iam::${account}:role/countersign-notary`,
      sessionName: requestId,
      sourceIdentity: by,
      tags,
    },
    over,
  );

/** The record of an AssumeRole with some of its tags changed, added, or (undefined) left out. */
export function withTags(
  record: CloudTrailRecord,
  changed: Record<string, string | undefined>,
): CloudTrailRecord {
  const tags = Object.entries({ ...tagsIn(record), ...changed });
  const pairs = tags.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
  return { ...record, requestParameters: { ...record.requestParameters, tags: pairs } };
}

/** The session tags that an AssumeRole was made with. */
export function tagsIn({ requestParameters }: CloudTrailRecord): Record<string, string> {
  const tags = (requestParameters?.tags ?? []) as { key: string; value: string }[];
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** The session that came out of an AssumeRole. */
export function sessionFrom({
  eventTime,
  requestParameters,
  responseElements,
}: CloudTrailRecord): RoleSession {
  const { roleArn, roleSessionName, sourceIdentity } = requestParameters ?? {};
  const { credentials } = responseElements ?? {};
  return {
    roleArn: String(roleArn),
    sessionName: String(roleSessionName),
    accessKeyId: String((credentials as { accessKeyId: string }).accessKeyId),
    createdAt: eventTime,
    ...(typeof sourceIdentity === 'string' && { sourceIdentity }),
  };
}

/**
 * A call in a session: reading an order unless the test says otherwise. Two that differ in nothing have the same event id
 * and so are one record delivered twice: give `eventID` to tell them apart.
 */
export const callRecord = (
  { at, session }: { at: Instant; session: RoleSession },
  over: Over = {},
): CloudTrailRecord =>
  record(
    {
      userIdentity: identityOf(session),
      eventTime: at,
      eventSource: 'dynamodb.amazonaws.com',
      eventName: 'GetItem',
      requestParameters: { tableName: 'orders', key: { id: '1001' } },
      responseElements: null,
      resources: [
        {
          accountId: accountOf(session.roleArn),
          type: 'AWS::DynamoDB::Table',
          ARN: `arn:aws:dynamodb:us-east-1:${accountOf(session.roleArn)}:table/orders`,
        },
      ],
      managementEvent: false,
      eventCategory: 'Data',
      recipientAccountId: accountOf(session.roleArn),
    },
    over,
  );

/** A call that AWS refused: deleting an order unless the test says otherwise. */
export const deniedCallRecord = (
  { at, session }: { at: Instant; session: RoleSession },
  over: Over = {},
): CloudTrailRecord =>
  callRecord(
    { at, session },
    {
      eventName: 'DeleteItem',
      readOnly: false,
      errorCode: 'AccessDenied',
      errorMessage: `User: ${sessionArnOf(session)} is not authorized to perform: dynamodb:DeleteItem`,
      resources: undefined,
      ...over,
    },
  );

/** `arn:aws:sts::…:assumed-role/<role>/<session name>` */
export const sessionArnOf = ({
  roleArn,
  sessionName,
}: Pick<RoleSession, 'roleArn' | 'sessionName'>): string =>
  `arn:aws:sts::${accountOf(roleArn)}:assumed-role/${nameOf(roleArn)}/${sessionName}`;

/** The `userIdentity` of a call in a session. */
export function identityOf(session: RoleSession): Record<string, unknown> {
  const { roleArn, sessionName, accessKeyId, createdAt, sourceIdentity } = session;
  const accountId = accountOf(roleArn);
  return {
    type: 'AssumedRole',
    principalId: `${roleIdOf(roleArn)}:${sessionName}`,
    arn: sessionArnOf(session),
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleIdOf(roleArn),
        arn: roleArn,
        accountId,
        userName: nameOf(roleArn),
      },
      attributes: { creationDate: createdAt, mfaAuthenticated: 'false' },
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  };
}

/** What all records have, around what this one has. The event id follows from the content. */
function record(own: Omit<CloudTrailRecord, 'eventID'>, over: Over): CloudTrailRecord {
  const content = {
    eventVersion: '1.11',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-sdk-js/3.1169.0 os/linux lang/js md/nodejs#24.21.0',
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    eventCategory: 'Management',
    ...own,
    ...over,
  };
  const text = JSON.stringify(content);
  return {
    requestID: uuidFor(`${text} request`),
    ...(content as CloudTrailRecord),
    eventID: over.eventID ?? uuidFor(text),
  };
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** `2026-11-22T15:51:45Z` → `Nov 22, 2026 3:51:45 PM`, as STS writes its expiry into records. */
function stsDate(instant: Instant): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(millisecondsOf(instant));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.month} ${part.day}, ${part.year} ${part.hour}:${part.minute}:${part.second} ${part.dayPeriod}`;
}

const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A UUID that depends on the text alone, so that a failing test fails again with the same records. */
function uuidFor(text: string): string {
  const hex = hexOf(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const idFrom = (prefix: string, text: string): string => `${prefix}${hexOf(text).slice(0, 16).toUpperCase()}`;
const keyFor = (text: string): string => idFrom('ASIA', text);
const roleIdOf = (roleArn: string): string => idFrom('AROA', roleArn);
