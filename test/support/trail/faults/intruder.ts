import { addSeconds, type Instant } from '#domain/instant.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  type Over,
  ownersCopy,
  type RoleSession,
  sessionFrom,
} from '../../../review/records.ts';
import { aCaller } from '../background/apiRecord.ts';
import { iamUser, sessionOf } from '../background/identities.ts';
import { assumption } from '../background/issuingCalls.ts';
import type { World } from '../world.ts';

/** Somebody with an administrator's role in an account, honestly come by. `name` is how they call their session. */
export function intruder(world: World, account: string, at: Instant, name = 'mallory'): RoleSession {
  const { random, extra } = world;
  const roleArn = `arn:aws:iam::${account}:role/administrator`;
  const createdAt = addSeconds(at, -120);
  const session = sessionOf(random, { roleArn, name, at: createdAt });
  const user = iamUser(random, { account, name: 'mallory', at: createdAt });
  const caller = aCaller(random, user, { account, region: 'us-east-1' });
  extra.push(assumption(random, caller, { at: createdAt, session, duration: 43_200 }));
  return { roleArn, sessionName: name, accessKeyId: session.accessKeyId, createdAt };
}

/** A call of the intruder's; its record. */
export function strikes(
  world: World,
  session: RoleSession,
  {
    at,
    source,
    name,
    request,
    over,
  }: { at: Instant; source: string; name: string; request: unknown; over?: Over },
): CloudTrailRecord {
  const record = callRecord(
    { at, session },
    {
      eventSource: source,
      eventName: name,
      eventID: world.random.uuid(),
      readOnly: false,
      requestParameters: request as Record<string, unknown>,
      resources: undefined,
      managementEvent: true,
      eventCategory: 'Management',
      ...over,
    },
  );
  world.extra.push(record);
  return record;
}

/** The intruder assumes a role: the session they get, and the caller's copy of the record. */
export function takesRole(
  world: World,
  caller: RoleSession,
  assumed: Omit<Parameters<typeof assumeRoleRecord>[0], 'caller' | 'accessKeyId'>,
): { session: RoleSession; record: CloudTrailRecord } {
  const record = assumeRoleRecord({ ...assumed, caller, accessKeyId: world.random.keyId('ASIA') });
  const copies = record.sharedEventID === undefined ? [record] : [record, ownersCopy(record)];
  world.extra.push(...copies);
  return { session: sessionFrom(record), record };
}
