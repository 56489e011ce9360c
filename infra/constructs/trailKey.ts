import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { trailKeyPolicy, type Watched } from '../trailPolicies.ts';
import { trailResourcesOf } from '../trailResources.ts';

/**
 * The key of the log files. Retained: without it nobody ever reads one again, those included that a failed deployment left
 * behind.
 */
export class TrailKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const key = new CfnKey(this, 'Key', {
      description: 'Countersign: encrypts the log files of CloudTrail, and what watches them.',
      keyPolicy: trailKeyPolicy(watched),
      enableKeyRotation: true,
      pendingWindowInDays: 30,
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnAlias(this, 'Alias', {
      aliasName: trailResourcesOf(watched.service).keyAlias,
      targetKeyId: key.ref,
    });
    this.arn = key.attrArn;
  }
}
