import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { eventRules } from '../eventRules.ts';
import type { ServiceFunction } from './serviceFunction.ts';

/** Runs `reconcile` every minute. */
export class ReconcileSchedule extends Construct {
  constructor(scope: Construct, id: string, { reconcile }: { reconcile: ServiceFunction }) {
    super(scope, id);
    const rule = new CfnRule(this, 'Rule', {
      name: eventRules.reconcile.name,
      description: 'Looks every minute for requests that are overdue',
      scheduleExpression: 'rate(1 minute)',
      targets: [{ id: 'reconcile', arn: reconcile.arn, input: '{}' }],
    });
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: reconcile.arn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}
