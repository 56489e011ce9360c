import type { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { addSeconds, type Instant, millisecondsOf } from '#domain/instant.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  type Over,
  ownersCopy,
  type RoleSession,
  sessionFrom,
} from '../../../review/records.ts';
import type { Random } from '../random.ts';

/** An AssumeRole as the trail has it. */
export interface Recorded {
  /** The caller's copy first, and the role owner's where that is another account. */
  records: CloudTrailRecord[];
  session: RoleSession;
}

/**
 * STS for the functions' own adapters, so that a record asks for exactly what the function would have asked for. It answers
 * credentials, and hands on what CloudTrail would have written. `clock` says how STS's clock differs, in seconds.
 */
export function recordingSts(
  random: Random,
  {
    at,
    caller,
    over,
    onRecord,
  }: { at: Instant; caller: RoleSession; over: Over; onRecord(recorded: Recorded): void },
): STSClient {
  const send = async ({ input }: AssumeRoleCommand) => {
    const accessKeyId = random.keyId('ASIA');
    const duration = input.DurationSeconds ?? 3_600;
    const callers = assumeRoleRecord(
      {
        at,
        caller,
        roleArn: input.RoleArn ?? '',
        sessionName: input.RoleSessionName ?? '',
        duration,
        sourceIdentity: input.SourceIdentity,
        ...(input.Policy !== undefined && { policy: input.Policy }),
        ...(input.PolicyArns && { policyArns: input.PolicyArns.map(({ arn = '' }) => arn) }),
        tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value }) => [Key, Value])),
        accessKeyId,
      },
      over,
    );
    const shared = callers.sharedEventID !== undefined;
    onRecord({ records: shared ? [callers, ownersCopy(callers)] : [callers], session: sessionFrom(callers) });
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: 'not in any record',
        SessionToken: 'not read by what calls this',
        Expiration: new Date(millisecondsOf(addSeconds(at, duration))),
      },
    };
  };
  return { send } as unknown as STSClient;
}
