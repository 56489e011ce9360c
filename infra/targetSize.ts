import { ConfigurationError } from './configuration/configurationError.ts';

/** CloudFormation takes so many resources in a stack. */
const mostResources = 500;

/** What a target's watch, trail and revoker take beside a role and a boundary for each entitlement. */
const besideEntitlements = 20;

/**
 * Refuses, at synth and in words, what CloudFormation would refuse in the middle of a deployment. IAM's limits are met by what
 * is written: names are bounded by the catalogue, policies by what fits a session.
 */
export function checkTargetSize(target: string, entitlements: number): void {
  const resources = 2 * entitlements + besideEntitlements;
  if (resources > mostResources)
    throw new ConfigurationError([
      `Target ${target}: its stack has ${resources} resources; AWS takes ${mostResources}. Split its entitlements over accounts.`,
    ]);
}
