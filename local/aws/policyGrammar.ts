import {
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy,
} from '@cloud-copilot/iam-policy';
import { ConfigurationError } from '#infra/configuration/configurationError.ts';
import type { MacKeyDefinition, ManagedPolicyDefinition, RoleDefinition } from '#infra/definitions.ts';
import { roleArnOf } from './roles.ts';

/** Characters of a trust policy, white space not counted: the default quota. */
const maxTrustCharacters = 2048;
/** Characters of a role's inline policies together, white space not counted. */
const maxInlineCharacters = 10_240;

type Validate = (policy: object) => { path?: string; message: string }[];

/**
 * Throws if IAM or KMS would refuse a policy at deployment, or a role refers to a managed policy that is
 * not deployed. Checked at start, so that no call meets a policy that cannot be evaluated.
 */
export function refuseUnfitPolicies(options: {
  roles: RoleDefinition[];
  managedPolicies: ManagedPolicyDefinition[];
  keys: MacKeyDefinition[];
}): void {
  const deployed = new Set(options.managedPolicies.map(({ arn }) => arn));
  for (const role of options.roles) {
    const arn = roleArnOf(role);
    check(`trust policy of ${arn}`, role.trustPolicy, validateTrustPolicy, maxTrustCharacters);
    check(`policy of ${arn}`, role.policy, validateIdentityPolicy, maxInlineCharacters);
    const missing = [...role.managedPolicyArns, ...(role.boundaryArn ? [role.boundaryArn] : [])].find(
      (policy) => !deployed.has(policy),
    );
    if (missing !== undefined)
      throw new ConfigurationError([
        `${arn} has ${missing}, a managed policy that the local server does not know.`,
      ]);
  }
  for (const { arn, policy } of options.managedPolicies) check(arn, policy, validateIdentityPolicy);
  for (const { arn, policy } of options.keys) check(`policy of ${arn}`, policy, validateResourcePolicy);
}

function check(
  name: string,
  policy: object,
  validate: Validate,
  maxCharacters = Number.POSITIVE_INFINITY,
): void {
  const size = JSON.stringify(policy).length;
  if (size > maxCharacters)
    throw new Error(`The ${name} has ${size} characters; IAM takes ${maxCharacters}.`);
  const [fault] = validate(policy);
  if (fault !== undefined) throw new Error(`The ${name} is not valid: ${fault.path ?? ''} ${fault.message}`);
}
