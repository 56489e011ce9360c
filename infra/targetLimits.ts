import { ConfigurationError } from './configuration/configurationError.ts';
import type { ManagedPolicyDefinition, RoleDefinition } from './definitions.ts';

/** IAM's and CloudFormation's limits, those that nobody can raise or has raised yet. */
const limits = { roleName: 64, trustPolicy: 2_048, policy: 10_240, managedPolicy: 6_144, resources: 500 };

/** What a target's watch, trail and revoker take beside two resources for each entitlement. */
const besideEntitlements = 20;

/**
 * Refuses, at synth and in words, what IAM or CloudFormation would refuse in the middle of a deployment. Counts a policy's
 * characters in the shortest JSON; IAM does not count white space.
 */
export function checkTargetLimits(
  target: string,
  { roles, managedPolicies }: { roles: RoleDefinition[]; managedPolicies: ManagedPolicyDefinition[] },
): void {
  const check = (what: string, size: number, limit: number, advice: string): void => {
    if (size > limit)
      throw new ConfigurationError([`Target ${target}: ${what} has ${size}; AWS takes ${limit}. ${advice}`]);
  };
  const characters = (policy: object): number => JSON.stringify(policy).length;
  for (const { name, trustPolicy, policy } of roles) {
    check(`the name of role ${name}`, name.length, limits.roleName, 'Shorten `role`.');
    const policies = `policy of role ${name}, in characters,`;
    check(
      `the trust ${policies}`,
      characters(trustPolicy),
      limits.trustPolicy,
      'Shorten the service’s names.',
    );
    check(
      `the ${policies}`,
      characters(policy),
      limits.policy,
      'Shorten `policy`, or move parts into managed policies.',
    );
  }
  for (const { arn, policy } of managedPolicies)
    check(`policy ${arn}, in characters,`, characters(policy), limits.managedPolicy, 'This is a bug.');
  check(
    'its stack, in resources,',
    roles.length + managedPolicies.length + besideEntitlements,
    limits.resources,
    'Split the target’s entitlements over accounts.',
  );
}
