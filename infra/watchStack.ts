import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Watch, type WatchProps } from './constructs/watch.ts';
import { withoutBootstrap } from './withoutBootstrap.ts';

/** Where IAM's events, and those of STS's global endpoint, appear. */
export const globalRegion = 'us-east-1';

/** The watch of an account in us-east-1, where the service is in another region. */
export class WatchStack extends Stack {
  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id, {
      env: { account: props.account, region: globalRegion },
      description: 'What Countersign watches where IAM is',
      terminationProtection: true,
      synthesizer: withoutBootstrap(),
    });
    new Watch(this, 'Watch', props);
  }
}
