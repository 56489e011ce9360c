import { addSeconds, type Instant, millisecondsOf } from '#domain/instant.ts';
import type { Random } from '../random.ts';
import type { TrailRecord } from '../trailRecord.ts';
import { apiRecord, type Caller } from './apiRecord.ts';
import { type Session, sessionToken } from './identities.ts';

interface Assumption {
  at: Instant;
  session: Session;
  /** Seconds. */
  duration?: number;
  name?: 'AssumeRole' | 'AssumeRoleWithSAML' | 'AssumeRoleWithWebIdentity';
  /** Services' own calls answer the credentials alone. */
  withoutUser?: boolean;
  request?: Record<string, unknown>;
  fields?: Record<string, unknown>;
}

/** AssumeRole and its kin, as the caller's trail has it. */
export function assumption(random: Random, caller: Caller, issued: Assumption): TrailRecord {
  const { at, session, duration = 3_600, name = 'AssumeRole', withoutUser, request, fields } = issued;
  const ends = addSeconds(at, duration);
  return apiRecord(random, caller, {
    at,
    source: 'sts.amazonaws.com',
    name,
    fields: {
      requestParameters: {
        roleArn: session.roleArn,
        roleSessionName: session.principalId.split(':')[1],
        durationSeconds: duration,
        ...request,
      },
      responseElements: {
        credentials: {
          accessKeyId: session.accessKeyId,
          sessionToken: sessionToken(random),
          expiration: random.chance(0.3) ? ends : longDate(ends),
        },
        ...(!withoutUser && { assumedRoleUser: { assumedRoleId: session.principalId, arn: session.arn } }),
      },
      resources: [{ accountId: session.account, type: 'AWS::IAM::Role', ARN: session.roleArn }],
      ...fields,
    },
  });
}

/** Both copies of one call into another account: the owner's shows the caller's account, and little more. */
export function acrossAccounts(random: Random, caller: Caller, issued: Assumption): TrailRecord[] {
  const callers = assumption(random, caller, {
    ...issued,
    fields: { ...issued.fields, sharedEventID: random.uuid() },
  });
  const { principalId, accountId } = caller.identity;
  const owners = {
    ...callers,
    userIdentity: { type: 'AWSAccount', principalId, accountId },
    eventID: random.uuid(),
    recipientAccountId: issued.session.account,
  };
  return [callers, owners];
}

/** Which role it was stands in the message alone. */
export const refusedAssumption = (
  random: Random,
  caller: Caller,
  at: Instant,
  roleArn: string,
): TrailRecord =>
  apiRecord(random, caller, {
    at,
    source: 'sts.amazonaws.com',
    name: 'AssumeRole',
    fields: {
      errorCode: 'AccessDenied',
      errorMessage: `User: ${String(caller.identity.arn)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    },
  });

/** `Nov 22, 2026 3:51:45 PM`, as STS writes an expiry into records. */
export function longDate(instant: Instant): string {
  const date = new Date(millisecondsOf(instant));
  const hours = date.getUTCHours();
  const clock = [hours % 12 || 12, two(date.getUTCMinutes()), two(date.getUTCSeconds())].join(':');
  const month = months[date.getUTCMonth()];
  return `${month} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');
