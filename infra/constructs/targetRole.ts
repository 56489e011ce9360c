import { Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, type CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ManagedPolicyDefinition, RoleDefinition } from '../definitions.ts';
import { defineRole, wildcardsOf } from './role.ts';

/** A role in a target account, its wildcards explained: they are the catalogue's, or the revoker's. */
export function defineTargetRole(scope: Construct, role: RoleDefinition): CfnRole {
  const resource = defineRole(scope, role.name, role);
  const reason =
    role.boundaryArn === undefined
      ? 'The boundaries of this account, one for each entitlement. They can only take away.'
      : 'The catalogue says so, which is reviewed as code; each session is narrowed to what was approved.';
  for (const wildcard of wildcardsOf(role.policy))
    Validations.of(resource).acknowledge({ id: `AwsSolutions-IAM5[${wildcard}]`, reason });
  for (const arn of role.managedPolicyArns)
    Validations.of(resource).acknowledge({ id: `AwsSolutions-IAM4[Policy::${arn}]`, reason });
  return resource;
}

/**
 * The boundary as it is before anything was revoked. The revoker writes newer versions, which CloudFormation does not know:
 * it would put this text over a deny list in use, were this text ever another than in the deployment before. It never is;
 * nor is the description, for which it would replace the policy.
 */
export function defineBoundary(scope: Construct, { arn, policy }: ManagedPolicyDefinition): CfnManagedPolicy {
  const managedPolicyName = arn.slice(arn.indexOf('/') + 1);
  const resource = new CfnManagedPolicy(scope, managedPolicyName, {
    managedPolicyName,
    description:
      'Allows everything but the sessions of grants that ended early. Written by countersign-revoker.',
    policyDocument: policy,
  });
  const reason =
    'A boundary grants nothing. It carries the deny list alone; the role’s own policy is the ceiling.';
  for (const wildcard of wildcardsOf(policy))
    Validations.of(resource).acknowledge({ id: `AwsSolutions-IAM5[${wildcard}]`, reason });
  return resource;
}
