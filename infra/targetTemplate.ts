import { App, CfnCondition, CfnResource, Fn, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import cdk from '../cdk.json' with { type: 'json' };
import type { Catalogue } from '../domain/catalogue.ts';
import { ConfigurationError } from './configuration/configurationError.ts';
import { readConfiguration } from './configuration/readConfiguration.ts';
import type { Settings } from './configuration/settings.ts';
import { accountOf, TargetAccount } from './constructs/targetAccount.ts';
import { Watch } from './constructs/watch.ts';
import { accountRules } from './watchRules.ts';
import { globalRegion } from './watchStack.ts';
import { withoutBootstrap } from './withoutBootstrap.ts';

/**
 * One CloudFormation template for the accounts of these targets, all of the catalogue's unless told otherwise: each account
 * takes what is its own, by conditions, so that one StackSet serves them all. It goes to the service's region, and to
 * us-east-1 where that is another: there it makes the watch only.
 */
export function targetTemplate(
  { settings, catalogue }: { settings: Settings; catalogue: Catalogue },
  targets: string[] = Object.keys(catalogue.targets),
): object {
  const app = new App({ context: cdk.context });
  const stack = new Stack(app, 'CountersignTargets', {
    description: 'Countersign in the accounts that grants reach into',
    synthesizer: withoutBootstrap(),
  });
  for (const target of targets) {
    const account = accountOf(target, catalogue);
    const { region } = settings.service;
    const watch = { settings, account, rules: accountRules(settings) };
    const targetAccount = new TargetAccount(stack, target, { settings, catalogue, target });
    const regional = new Watch(stack, `${target}Watch`, watch);
    regional.node.addDependency(targetAccount.watchRole);
    onlyIn(stack, { account, region }, targetAccount, regional);
    if (region !== globalRegion)
      onlyIn(stack, { account, region: globalRegion }, new Watch(stack, `${target}GlobalWatch`, watch));
  }
  for (const [key, value] of Object.entries(settings.tags)) Tags.of(app).add(key, value);
  return app.synth().getStackByName(stack.stackName).template;
}

/** Lets an account take these in one region, and the others nothing of them. */
function onlyIn(
  stack: Stack,
  { account, region }: { account: string; region: string },
  ...constructs: Construct[]
): void {
  const condition = new CfnCondition(stack, `Is${account}In${region}`, {
    expression: Fn.conditionAnd(
      Fn.conditionEquals(Fn.ref('AWS::AccountId'), account),
      Fn.conditionEquals(Fn.ref('AWS::Region'), region),
    ),
  });
  for (const child of constructs.flatMap(({ node }) => node.findAll()))
    if (CfnResource.isCfnResource(child)) child.cfnOptions.condition = condition;
}

/** An update takes from every account of a StackSet what the new template has no more. */
const partialTemplate =
  'Not every target is in this template. Never give it to a StackSet that holds others: an update would remove their roles, their watch and their trail.';

/** `npm run target-template -- [target…]` prints it, of the repository's own settings and catalogue. */
async function main(targets: string[]): Promise<void> {
  const configuration = await readConfiguration({
    settings: 'countersign.config.yaml',
    catalogue: 'catalogue.yaml',
  });
  const template = targetTemplate(configuration, targets.length > 0 ? targets : undefined);
  process.stdout.write(`${JSON.stringify(template)}\n`);
  if (targets.length > 0) process.stderr.write(`${partialTemplate}\n`);
}

if (import.meta.main)
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
