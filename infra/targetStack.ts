import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { accountOf, TargetAccount, type TargetAccountProps } from './constructs/targetAccount.ts';
import { Watch } from './constructs/watch.ts';
import { accountRules } from './watchRules.ts';
import { globalRegion, WatchStack } from './watchStack.ts';
import { withoutBootstrap } from './withoutBootstrap.ts';

/**
 * One target account. Deployed with the credentials that the CDK's command line has there: the account needs no bootstrap,
 * and nothing that Countersign does not need. `settings.deployRoles` has to name whose credentials these are.
 */
export class TargetStack extends Stack {
  constructor(scope: Construct, id: string, props: TargetAccountProps) {
    const { settings, catalogue, target } = props;
    const account = accountOf(target, catalogue);
    const { region } = settings.service;
    super(scope, id, {
      env: { account, region },
      description: `Countersign's roles, boundaries and watch in ${catalogue.targets[target]?.title}`,
      terminationProtection: true,
      synthesizer: withoutBootstrap(),
    });
    const { watchRole } = new TargetAccount(this, 'Account', props);
    const rules = accountRules(settings);
    new Watch(this, 'Watch', { settings, account, rules }).node.addDependency(watchRole);
    if (region !== globalRegion)
      new WatchStack(scope, `${id}-${globalRegion}`, { settings, account, rules }).addStackDependency(this);
  }
}
