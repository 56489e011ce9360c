import { isIP } from 'node:net';
import { type Instant, millisecondsOf } from '#domain/instant.ts';
import type { Review } from '../review.ts';

/**
 * What all OCSF events begin with. Version 1.1.0 is the one that Amazon Security Lake's own sources have
 * (https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html); later ones read it.
 */
export const ocsfEvent = ({
  classUid,
  activityId,
  at,
  severityId = severityIds.info,
}: {
  classUid: number;
  activityId: number;
  at: Instant;
  severityId?: number;
}) => ({
  category_uid: Math.floor(classUid / 1000),
  class_uid: classUid,
  activity_id: activityId,
  type_uid: classUid * 100 + activityId,
  severity_id: severityId,
  time: millisecondsOf(at),
});

export const severityIds = { info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;
export const statusIds = { success: 1, failure: 2 } as const;

/** `uid` is that of the event: reading a file twice makes nothing twice. */
export const metadata = (
  tool: Review['tool'],
  { uid, ...more }: { uid: string; event_code?: string; correlation_uid?: string },
) => ({
  version: '1.1.0',
  product: {
    name: 'Countersign',
    vendor_name: 'Countersign',
    version: tool.version,
    feature: { name: 'review' },
  },
  profiles: ['cloud'],
  log_provider: 'AWS CloudTrail',
  uid,
  ...more,
});

export const cloud = (account: string | undefined, region?: string) => ({
  provider: 'AWS',
  ...(account !== undefined && { account: { uid: account } }),
  ...(region !== undefined && { region }),
});

/** Where a call came from: an address, or the name of the AWS service that made it. */
export function sourceEndpoint(sourceIp: string | undefined): { ip: string } | { name: string } {
  if (sourceIp === undefined) return { name: 'unknown' };
  return isIP(sourceIp) === 0 || sourceIp.length > longestIp ? { name: sourceIp } : { ip: sourceIp };
}

/** The most characters that OCSF lets an address have (`ip_t`): fewer than IPv6 with a zone or an IPv4 address in it can have. */
const longestIp = 40;

/** What is Other has its own word beside. */
export const otherType = (type: string) => ({ type_id: 99, type });

export const accountOf = (arn: string | undefined): string | undefined =>
  /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn ?? '')?.[1];
