import { randomUUID } from 'node:crypto';
import { roleNameOf, sessionArn } from './arn.ts';
import type { AwsCall, JsonObject, ServiceName, TrailDetails, TrailResource } from './call.ts';
import { isoSeconds } from './requestContext.ts';

/** A CloudTrail record. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export interface TrailRecord {
  eventVersion: '1.11';
  userIdentity: JsonObject;
  /** UTC, seconds. */
  eventTime: string;
  eventSource: string;
  eventName: string;
  awsRegion: string;
  sourceIPAddress: string;
  userAgent: string;
  errorCode?: string;
  errorMessage?: string;
  requestParameters: JsonObject | null;
  responseElements: JsonObject | null;
  requestID: string;
  eventID: string;
  readOnly: boolean;
  resources?: TrailResource[];
  eventType: 'AwsApiCall';
  managementEvent: boolean;
  recipientAccountId: string;
  sharedEventID?: string;
  eventCategory: 'Management' | 'Data';
}

const eventSources: Record<ServiceName, string> = {
  dynamodb: 'dynamodb.amazonaws.com',
  sts: 'sts.amazonaws.com',
  iam: 'iam.amazonaws.com',
  kms: 'kms.amazonaws.com',
  ses: 'ses.amazonaws.com',
  events: 'events.amazonaws.com',
  states: 'states.amazonaws.com',
};

interface CallResult {
  trail: TrailDetails;
  responseElements: JsonObject | null;
  error?: { code: string; message: string };
}

/**
 * The records of one call, whether allowed or refused: the caller's, and for an AssumeRole into another
 * account that was allowed the role owner's copy, which shows the caller's account but not its ARN.
 */
export function recordsOf(call: AwsCall, { trail, responseElements, error }: CallResult): TrailRecord[] {
  const crosses = trail.ownerAccount !== undefined && trail.ownerAccount !== call.session.account;
  const shared = crosses && error === undefined;
  const record: TrailRecord = {
    eventVersion: '1.11',
    userIdentity: assumedRoleIdentity(call),
    eventTime: isoSeconds(call.time),
    eventSource: eventSources[call.service],
    eventName: call.operation,
    awsRegion: call.region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    ...(error && { errorCode: trailCode(error.code), errorMessage: error.message }),
    requestParameters: error !== undefined && call.service === 'sts' ? null : trail.requestParameters,
    responseElements: error === undefined ? responseElements : null,
    requestID: call.requestId,
    eventID: randomUUID(),
    readOnly: trail.readOnly,
    ...(trail.resources && error === undefined && { resources: trail.resources }),
    eventType: 'AwsApiCall',
    managementEvent: !trail.dataEvent,
    recipientAccountId: call.session.account,
    ...(shared && { sharedEventID: randomUUID() }),
    eventCategory: trail.dataEvent ? 'Data' : 'Management',
  };
  if (!shared || trail.ownerAccount === undefined) return [record];
  const ownersCopy: TrailRecord = {
    ...record,
    userIdentity: { type: 'AWSAccount', principalId: principalId(call), accountId: call.session.account },
    eventID: randomUUID(),
    recipientAccountId: trail.ownerAccount,
  };
  return [record, ownersCopy];
}

/** The record of a service starting work under a role: Lambda or Step Functions assuming it. */
export function serviceRecord(options: {
  service: string;
  region: string;
  time: number;
  account: string;
  requestParameters: JsonObject & { roleArn: string };
  responseElements: JsonObject;
}): TrailRecord {
  const { service, account } = options;
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'AWSService', invokedBy: service },
    eventTime: isoSeconds(options.time),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: options.region,
    sourceIPAddress: service,
    userAgent: service,
    requestParameters: options.requestParameters,
    responseElements: options.responseElements,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: true,
    resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: options.requestParameters.roleArn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    sharedEventID: randomUUID(),
    eventCategory: 'Management',
  };
}

/** CloudTrail writes AccessDenied for what the JSON services answer as AccessDeniedException. */
const trailCode = (code: string): string => (code === 'AccessDeniedException' ? 'AccessDenied' : code);

const principalId = ({ session }: AwsCall): string => `${session.roleId}:${session.sessionName}`;

function assumedRoleIdentity(call: AwsCall): JsonObject {
  const { session } = call;
  return {
    type: 'AssumedRole',
    principalId: principalId(call),
    arn: sessionArn(session.roleArn, session.sessionName),
    accountId: session.account,
    accessKeyId: session.accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: session.roleId,
        arn: session.roleArn,
        accountId: session.account,
        userName: roleNameOf(session.roleArn),
      },
      attributes: { creationDate: isoSeconds(session.issuedAt), mfaAuthenticated: 'false' },
      ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    },
  };
}
