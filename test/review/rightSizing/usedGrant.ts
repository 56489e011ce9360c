import type { PolicyStatement } from '#domain/entitlement.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Grant } from '#review/grants/grant.ts';
import type { KeptEvent } from '#review/reader/keptEvent.ts';
import type { Call, Trail, TrailSession } from '#review/reader/trail.ts';
import type { ReviewedSession } from '#review/sessions/reviewedSession.ts';
import { targetAccount, targetRole } from '../records.ts';

export const grantedAt: Instant = '2026-11-22T10:00:00Z';
export const grantEndsAt = addSeconds(grantedAt, 3_600);
export const orders = `arn:aws:dynamodb:us-east-1:${targetAccount}:table/orders`;

/** `dynamodb:GetItem` → what CloudTrail says of a call to it. */
export function aCall(operation: string, over: Partial<Call> = {}): Call {
  const [service, name = ''] = operation.split(':');
  return {
    id: `event of ${operation}`,
    at: addSeconds(grantedAt, 60),
    source: `${service}.amazonaws.com`,
    name,
    denied: false,
    region: 'us-east-1',
    ...over,
  };
}

export const aDeniedCall = (operation: string, over: Partial<Call> = {}): Call =>
  aCall(operation, { denied: true, errorCode: 'AccessDenied', ...over });

export interface Use {
  /** What the session policy allows. */
  allows?: PolicyStatement[];
  /** The session policy itself. */
  policy?: string | undefined;
  policyArns?: string[];
  calls?: Call[];
  /** Seconds from the grant to its session. */
  issuedAfter?: number;
  over?: Partial<Grant>;
}

export const allowing = (...statements: PolicyStatement[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'End', Effect: 'Deny', Action: '*', Resource: '*' }, ...statements],
  });

/** alice's grant of orders-read with one session, from which these calls were made. */
export function aUsedGrant({
  allows = [],
  policy = allowing(...allows),
  policyArns = [],
  calls = [],
  issuedAfter = 0,
  over,
}: Use): Grant {
  const roleArn = targetRole('orders-read');
  const key = 'ASIAEXAMPLE000000001';
  return {
    id: '01KANB1X000000000000000001',
    requester: 'alice@example.com',
    entitlement: 'orders-read',
    digest: 'a digest',
    catalogue: 'a catalogue',
    breakGlass: false,
    status: 'ended',
    requestedAt: addSeconds(grantedAt, -60),
    decisions: [],
    window: { startsAt: grantedAt, endsAt: grantEndsAt },
    sessions: [
      {
        issuance: { event: {} as KeptEvent, copies: [], tags: {}, policy, policyArns },
        accessKeyId: key,
        roleArn,
        issuedAt: addSeconds(grantedAt, issuedAfter),
        activity: [{ ...aSession(targetAccount, calls), each: calls }],
      },
    ],
    chain: { links: [], lost: [], closed: true, faults: [] },
    ...over,
  };
}

/** A session of a role in an account, as a trail has it. */
export function aSession(account: string, calls: readonly Pick<Call, 'source' | 'name'>[]): ReviewedSession {
  const session: TrailSession = {
    arn: `arn:aws:sts::${account}:assumed-role/somebody/there`,
    identity: {},
    calls: calls.length,
    errors: 0,
    denied: 0,
    first: grantedAt,
    last: grantedAt,
    actions: calls.map(({ source, name }) => ({ action: { source, name }, count: 1, first: 0, last: 0 })),
    each: [],
  };
  return { ...session, joinedBy: 'accessKey', behind: [] };
}

type Seen = Pick<Trail, 'sessions' | 'kept'>;

/** Logs of the target account with management events and data events of these services. */
export const logsShowing = (...operations: string[]): Seen => ({
  sessions: [
    aSession(
      targetAccount,
      operations.map((operation) => aCall(operation)),
    ),
  ],
  kept: [],
});

/** Logs that show all that was of use in these tests. */
export const openLogs = logsShowing(
  'ec2:DescribeInstances',
  'dynamodb:PutItem',
  's3:PutObject',
  'sqs:SendMessage',
  'lambda:Invoke',
  'kms:Decrypt',
);
