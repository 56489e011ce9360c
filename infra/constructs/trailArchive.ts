import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from '../configuration/settings.ts';
import { archivePolicy, type Watched } from '../trailPolicies.ts';
import { trailResourcesOf } from '../trailResources.ts';

/** How long log files are locked, and then kept: the trail's settings where it is Countersign's own. */
export type Retention = Extract<Settings['retention']['trail'], { kind: 'own' }>;

export interface TrailArchiveProps {
  watched: Watched;
  retention: Retention;
  keyArn: string;
}

/** The bucket of the log files. A lock can be given to a bucket only when it is made, so it outlives its stack. */
export class TrailArchive extends Construct {
  constructor(scope: Construct, id: string, { watched, retention, keyArn }: TrailArchiveProps) {
    super(scope, id);
    const { bucket: bucketName } = trailResourcesOf(watched.service);
    const bucket = new CfnBucket(this, 'Bucket', {
      bucketName,
      versioningConfiguration: { status: 'Enabled' },
      objectLockEnabled: true,
      objectLockConfiguration: {
        objectLockEnabled: 'Enabled',
        rule: { defaultRetention: { mode: retention.lock.toUpperCase(), days: retention.lockDays } },
      },
      lifecycleConfiguration: { rules: [deleteAfter(retention.deleteAfterDays)] },
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          { serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn } },
        ],
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    });
    // Kept also by a deployment that fails at first: CloudTrail may have written, and what is locked cannot be deleted.
    bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'The trail itself records every call for a log file, with who made it; only CloudTrail writes.',
    });
    const policy = new CfnBucketPolicy(this, 'Policy', {
      bucket: bucketName,
      policyDocument: archivePolicy(watched),
    });
    policy.addResourceDependency(bucket);
    // A bucket without its policy would take log files from anybody.
    policy.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

/** What was replaced or marked as deleted is kept as long again: marking is no way to shorten it. The lock is stronger than any rule. */
const deleteAfter = (expirationInDays: number): CfnBucket.RuleProperty => ({
  id: 'retention',
  status: 'Enabled',
  expirationInDays,
  noncurrentVersionExpiration: { noncurrentDays: expirationInDays },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
});
