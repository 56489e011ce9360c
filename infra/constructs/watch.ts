import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { trailResourcesOf } from '../trailResources.ts';
import type { WatchRule } from '../watchPattern.ts';

export interface WatchProps {
  settings: Settings;
  /** The account whose events it sees. */
  account: string;
  rules: WatchRule[];
}

/** The rules of one account in one region; what they find goes to the trail's bus. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { settings, account, rules }: WatchProps) {
    super(scope, id);
    const { busArn, watchRoleArn } = trailResourcesOf(settings.service);
    for (const { name, promise, pattern } of rules)
      new CfnRule(this, name, {
        name: `countersign-watch-${name}`,
        description: `Finds what breaks this promise: ${promise}`,
        eventPattern: pattern,
        state: watching,
        targets: [{ id: 'trail', arn: busArn, roleArn: watchRoleArn(account) }],
      });
  }
}

/**
 * CloudTrail counts AssumeRole as reading, and a rule that is merely enabled may leave out what only reads.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
 */
export const watching = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
