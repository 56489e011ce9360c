import { CfnEventBus, CfnEventBusPolicy, CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functions } from '../functions.ts';
import { busStatement, queuePolicy, unreadQueuePolicy, type Watched } from '../trailPolicies.ts';
import { trailResourcesOf } from '../trailResources.ts';
import type { ServiceFunction } from './serviceFunction.ts';
import { watching } from './watch.ts';

/**
 * Seconds between an event and its comparison. By then the run of `issueSession` that made it is over, and what it issued
 * is on record or never will be.
 */
export const delaySeconds = 2 * functions.issueSession.timeoutSeconds;

/** SQS's longest: what could not be read waits for somebody to look at it. */
const fourteenDays = 1_209_600;

/** What the watches of all accounts hand on: through the trail's bus into a queue that waits, to `reconcileTrail`. */
export class TrailEvents extends Construct {
  readonly bus: CfnEventBus;

  constructor(
    scope: Construct,
    id: string,
    { watched, reader }: { watched: Watched; reader: ServiceFunction },
  ) {
    super(scope, id);
    const { service } = watched;
    const names = trailResourcesOf(service);
    this.bus = new CfnEventBus(this, 'Bus', { name: names.bus });
    const { Sid, ...statement } = busStatement(watched);
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: this.bus.ref,
      statementId: Sid ?? '',
      statement: { Sid, ...statement },
    });

    const unread = new CfnQueue(this, 'UnreadQueue', {
      queueName: names.unreadQueue,
      messageRetentionPeriod: fourteenDays,
      sqsManagedSseEnabled: true,
    });
    const queue = new CfnQueue(this, 'Queue', {
      queueName: names.queue,
      delaySeconds,
      // As AWS advises for a queue that a function reads: six times the function's own time.
      visibilityTimeout: 6 * functions.reconcileTrail.timeoutSeconds,
      sqsManagedSseEnabled: true,
      redrivePolicy: { deadLetterTargetArn: unread.attrArn, maxReceiveCount: 5 },
    });
    new CfnQueuePolicy(this, 'QueuePolicy', {
      queues: [queue.ref],
      policyDocument: queuePolicy(service),
    });
    new CfnQueuePolicy(this, 'UnreadQueuePolicy', {
      queues: [unread.ref],
      policyDocument: unreadQueuePolicy(service),
    });
    new CfnRule(this, 'Rule', {
      name: names.queueRule,
      eventBusName: this.bus.ref,
      description: 'Every event that a watch handed on waits in the queue.',
      // Nobody but AWS publishes under such a source.
      eventPattern: { source: [{ prefix: 'aws.' }] },
      state: watching,
      targets: [{ id: 'queue', arn: queue.attrArn }],
    });
    new CfnEventSourceMapping(this, 'Reading', {
      eventSourceArn: queue.attrArn,
      functionName: reader.resource.ref,
      batchSize: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 5 },
    }).addResourceDependency(reader.role);
  }
}
