import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct, type IConstruct } from 'constructs';
import type { Settings } from '../configuration/settings.ts';
import { placeOf, resourcesOf } from '../installation.ts';
import { trailResourcesOf } from '../trailResources.ts';
import { tamperingMessage, type WatchRule } from '../watchPattern.ts';

export interface WatchProps {
  settings: Settings;
  /** The account whose events it sees. */
  account: string;
  rules: WatchRule[];
}

/** The rules of one account in one region; what they find goes to the trail's bus, or straight to the topic of alarms. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { settings, account, rules }: WatchProps) {
    super(scope, id);
    const reachesTopic =
      account === settings.service.account && Stack.of(this).region === settings.service.region;
    for (const { name, promise, pattern, straight } of rules)
      new CfnRule(this, name, {
        name: `countersign-watch-${name}`,
        description: `Finds what breaks this promise: ${promise}`,
        eventPattern: pattern,
        state: watching,
        targets: [straight && reachesTopic ? topicOf(settings) : busOf(settings, account)],
      });
  }
}

const topicOf = (settings: Settings): CfnRule.TargetProperty => ({
  id: 'alarms',
  arn: resourcesOf(placeOf(settings)).alarmTopicArn,
  inputTransformer: tamperingMessage,
});

function busOf({ service }: Settings, account: string): CfnRule.TargetProperty {
  const { busArn, watchRoleArn } = trailResourcesOf(service);
  return { id: 'trail', arn: busArn, roleArn: watchRoleArn(account) };
}

/** An event every minute that goes the way of all that a watch finds: when none arrives, nothing else does either. */
export const defineHeartbeat = (scope: IConstruct, settings: Settings): CfnRule =>
  new CfnRule(scope, 'Heartbeat', {
    name: 'countersign-watch-heartbeat',
    description: 'Shows every minute that what the watch finds arrives: docs/runbook.md#trail-silent',
    scheduleExpression: 'rate(1 minute)',
    targets: [busOf(settings, settings.service.account)],
  });

/**
 * CloudTrail counts AssumeRole as reading, and a rule that is merely enabled may leave out what only reads.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
 */
export const watching = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
