import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';

/** A role exactly as its definition says: nothing is added to its policies behind our back. */
export function defineRole(scope: Construct, id: string, role: RoleDefinition): CfnRole {
  return new CfnRole(scope, id, {
    roleName: role.name,
    assumeRolePolicyDocument: role.trustPolicy,
    policies: [{ policyName: 'permissions', policyDocument: role.policy }],
    managedPolicyArns: role.managedPolicyArns,
    maxSessionDuration: role.maxSessionDuration,
    ...(role.boundaryArn !== undefined && { permissionsBoundary: role.boundaryArn }),
  });
}
