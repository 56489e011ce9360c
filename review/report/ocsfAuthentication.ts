import { millisecondsOf } from '#domain/instant.ts';
import type { CallerIdentity, KeptEvent } from '../reader/keptEvent.ts';
import type { Review } from '../review.ts';
import type { Issuance, RefusedIssuance } from '../sessions/issuance.ts';
import { accountOf, cloud, metadata, ocsfEvent, otherType, sourceEndpoint, statusIds } from './ocsfEvent.ts';

const logon = { classUid: 3002, activityId: 1 };

/** OCSF Authentication, Logon: credentials were issued. */
export const authentication = (issuance: Issuance, tool: Review['tool']) => ({
  ...attempt(issuance.event, tool),
  status_id: statusIds.success,
  user: {
    uid: issuance.sessionArn ?? issuance.roleArn ?? 'unknown',
    ...(issuance.sessionName !== undefined && { name: issuance.sessionName }),
    ...(issuance.accessKeyId !== undefined && { credential_uid: issuance.accessKeyId }),
    ...otherType('Session'),
  },
  session: {
    created_time: millisecondsOf(issuance.event.at),
    ...(issuance.sessionArn !== undefined && { uid: issuance.sessionArn }),
    ...(issuance.roleArn !== undefined && { issuer: issuance.roleArn }),
    ...(issuance.accessKeyId !== undefined && { credential_uid: issuance.accessKeyId }),
    ...(issuance.expiresAt !== undefined && { expiration_time: millisecondsOf(issuance.expiresAt) }),
  },
});

/** The same, refused. */
export const refusedAuthentication = ({ event, roleArn }: RefusedIssuance, tool: Review['tool']) => ({
  ...attempt(event, tool),
  status_id: statusIds.failure,
  ...(event.errorCode !== undefined && { status_code: event.errorCode }),
  user: { uid: roleArn ?? 'unknown', ...otherType('Role') },
});

const attempt = (event: KeptEvent, tool: Review['tool']) => ({
  ...ocsfEvent({ ...logon, at: event.at }),
  metadata: metadata(tool, { uid: event.id, event_code: event.name }),
  cloud: cloud(event.account, event.region),
  actor: { user: callerOf(event.caller) },
  service: { name: event.source },
  src_endpoint: sourceEndpoint(event.sourceIp),
  ...(event.caller.mfa !== undefined && { is_mfa: event.caller.mfa }),
});

function callerOf({ arn, userName, invokedBy, account, accessKeyId, type }: CallerIdentity) {
  const home = account ?? accountOf(arn);
  return {
    uid: arn ?? invokedBy ?? account ?? 'unknown',
    ...(userName !== undefined && { name: userName }),
    ...(home !== undefined && { account: { uid: home } }),
    ...(accessKeyId !== undefined && { credential_uid: accessKeyId }),
    ...otherType(type ?? 'unknown'),
  };
}
