import * as z from 'zod';
import type { Assumption } from '#domain/outOfBand.ts';

/**
 * CloudTrail's record of a call, as EventBridge delivers it: only what matters here, since a record has as many shapes as
 * AWS has calls.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const recordSchema = z.object({
  eventID: z.string(),
  eventName: z.string(),
  eventSource: z.string(),
  errorCode: z.string().optional(),
});

/** A message of the queue: the event that a watch rule matched. */
const messageSchema = z.object({ detail: recordSchema.loose() });

export type TrailRecord = z.output<typeof messageSchema>['detail'];

const assumeRoleSchema = z.object({
  userIdentity: z
    .object({
      type: z.string().optional(),
      invokedBy: z.string().optional(),
      arn: z.string().optional(),
      accountId: z.string().optional(),
      principalId: z.string().optional(),
    })
    .nullish(),
  requestParameters: z.object({
    roleArn: z.string(),
    roleSessionName: z.string(),
    sourceIdentity: z.string().optional(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  }),
  responseElements: z.object({ credentials: z.object({ accessKeyId: z.string() }).optional() }).nullish(),
});

/** What the watch sends every minute, to show that what it finds would arrive. */
const heartbeatSchema = z.object({
  source: z.literal('aws.events'),
  'detail-type': z.literal('Scheduled Event'),
});

/** Undefined for the heartbeat. Throws when the body is neither that nor a CloudTrail event. */
export function trailRecordOf(body: string): TrailRecord | undefined {
  const message: unknown = JSON.parse(body);
  return heartbeatSchema.safeParse(message).success ? undefined : messageSchema.parse(message).detail;
}

/** A role of the CDK's, by which Countersign is deployed: no request answers for those. */
const deployingSchema = z.object({
  requestParameters: z.object({ roleArn: z.string().regex(/:role\/cdk-/) }),
});

/** AssumeRole and its kin, AssumeRoleWithSAML and AssumeRoleWithWebIdentity, of a role of Countersign's. */
export const isAssumption = (record: TrailRecord): boolean =>
  record.eventSource === 'sts.amazonaws.com' &&
  record.eventName.startsWith('AssumeRole') &&
  !deployingSchema.safeParse(record).success;

/** The role that was assumed, by whom, as whom. Throws when the record lacks what every successful call has. */
export function assumptionOf(record: TrailRecord): Assumption {
  const { userIdentity, requestParameters, responseElements } = assumeRoleSchema.parse(record);
  const { type, invokedBy, arn, accountId, principalId } = userIdentity ?? {};
  return {
    roleArn: requestParameters.roleArn,
    sessionName: requestParameters.roleSessionName,
    sourceIdentity: requestParameters.sourceIdentity,
    tags: Object.fromEntries(requestParameters.tags.map(({ key, value }) => [key, value])),
    accessKeyId: responseElements?.credentials?.accessKeyId,
    caller: {
      service: type === 'AWSService' ? invokedBy : undefined,
      arn,
      account: accountId,
      sessionName: principalId?.split(':')[1],
    },
  };
}
