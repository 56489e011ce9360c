import * as z from 'zod';
import { ConfigurationError } from '../infra/configuration/configurationError.ts';
import type { AwsCli } from './awsCli.ts';
import { CannotTell } from './check.ts';
import { deployedConfiguration } from './configuration.ts';

/**
 * Why nothing must be made in an account, or undefined: what this run makes would be near what Countersign guards, and its
 * watch would raise alarms. The organization is asked only by who may; where nobody says so, an account manages none.
 */
export async function whyNotHere(account: string, cli: AwsCli): Promise<string | undefined> {
  try {
    const { settings, catalogue } = await deployedConfiguration();
    if (account === settings.service.account)
      return `Account ${account} is Countersign's own, by countersign.config.yaml.`;
    const target = Object.entries(catalogue.targets).find(([, { account: id }]) => id === account);
    if (target) return `Account ${account} is that of a target, ${target[0]}, by catalogue.yaml.`;
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof CannotTell)) throw error;
    return `Nobody can tell which accounts are Countersign's:\n${error.message}`;
  }
  return (await managesOrganization(account, cli))
    ? `Account ${account} manages its organization, where no organization policy limits anybody.`
    : undefined;
}

const answerSchema = z.object({ Organization: z.object({ MasterAccountId: z.string() }) });

const managesOrganization = (account: string, cli: AwsCli): Promise<boolean> =>
  cli(['organizations', 'describe-organization'], answerSchema).then(
    ({ Organization }) => Organization.MasterAccountId === account,
    () => false,
  );
