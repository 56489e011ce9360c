import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Installation, Place } from '../installation.ts';
import { macKeyNames, macKeyOf } from '../macKeys.ts';

/** The three HMAC keys. They outlive the stack: what they sealed could not be verified without them. */
export class MacKeys extends Construct {
  readonly arns: Installation['keys'];

  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    const arns = macKeyNames.map((name) => [name, this.defineKey(name, place)]);
    this.arns = Object.fromEntries(arns);
  }

  private defineKey(name: keyof Installation['keys'], place: Place): string {
    const { alias, policy } = macKeyOf(place, name);
    const key = new CfnKey(this, name, {
      description: `Countersign: ${alias.replace('alias/', '')}. Its policy lets one function make codes, another verify them.`,
      keySpec: 'HMAC_256',
      keyUsage: 'GENERATE_VERIFY_MAC',
      keyPolicy: policy,
      pendingWindowInDays: 30,
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnAlias(this, `${name}Alias`, { aliasName: alias, targetKeyId: key.ref });
    return key.attrArn;
  }
}
