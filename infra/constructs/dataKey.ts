import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { dataKeyPolicy } from '../dataKey.ts';
import { type Place, resourcesOf } from '../installation.ts';

/** The key that encrypts what is stored. It outlives the stack: without it the retained table and logs are lost. */
export class DataKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    const key = new CfnKey(this, 'Key', {
      description: 'Countersign: encrypts the table, execution history, logs, alarms and events.',
      keyPolicy: dataKeyPolicy(place),
      enableKeyRotation: true,
      pendingWindowInDays: 30,
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnAlias(this, 'Alias', { aliasName: resourcesOf(place).dataKeyAlias, targetKeyId: key.ref });
    this.arn = key.attrArn;
  }
}
