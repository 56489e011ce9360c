import type { Settings } from './configuration/settings.ts';

/** What the trail consists of, named rather than generated: stacks of other accounts refer to it. */
export function trailResourcesOf({ account, region }: Settings['service']) {
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${region}:${account}:${resource}`;
  const bucket = `countersign-trail-${account}-${region}`;
  return {
    trail: 'countersign',
    trailArn: (owner: string): string => `arn:aws:cloudtrail:${region}:${owner}:trail/countersign`,
    bucket,
    bucketArn: `arn:aws:s3:::${bucket}`,
    keyAlias: 'alias/countersign-trail',
    keyAliasArn: arn('kms', 'alias/countersign-trail'),
    bus: 'countersign-trail',
    busArn: arn('events', 'event-bus/countersign-trail'),
    queueRule: 'countersign-trail-events',
    queueRuleArn: arn('events', 'rule/countersign-trail/countersign-trail-events'),
    queue: 'countersign-trail',
    queueArn: arn('sqs', 'countersign-trail'),
    unreadQueue: 'countersign-trail-unread',
    unreadQueueArn: arn('sqs', 'countersign-trail-unread'),
    watchRoleArn: (watched: string): string => `arn:aws:iam::${watched}:role/countersign-watch`,
  };
}
